"""Identifiers: a prefix that names the kind, then 26 sortable characters (time, then chance)."""

from __future__ import annotations

import secrets
import threading
import time

# Crockford's base 32: no I, L, O, U, so that an id can be read aloud.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


_lock = threading.Lock()
_last = 0


def new_id(prefix: str) -> str:
    """A new id such as `bat_01K…`: 48 bits of milliseconds and 80 random bits.

    Ids of one process sort in the order in which they were made.
    """
    global _last
    with _lock:
        number = (int(time.time() * 1000) << 80) | secrets.randbits(80)
        if number <= _last:  # the same millisecond, or a clock that was set back
            number = _last + 1 + secrets.randbits(40)
        _last = number
    return f"{prefix}_" + "".join(ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))
