"""Measuring commands and the generator of synthetic documents."""
