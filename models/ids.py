"""Identifiers: a prefix that names the kind, then 26 sortable characters (time, then chance)."""

from __future__ import annotations

import secrets
import time

# Crockford's base 32: no I, L, O, U, so that an id can be read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_id(prefix: str) -> str:
    """A new id such as `bat_01K…`: 48 bits of milliseconds and 80 random bits."""
    number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
    return f"{prefix}_" + "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
