"""Bytes and words in, values out. No database, queue, S3 or web."""
