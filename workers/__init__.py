"""Runs steps: dispatcher, sweeper and the RQ workers."""
