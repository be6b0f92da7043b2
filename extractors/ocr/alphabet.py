"""The part of a recogniser's alphabet that European documents in Latin script are written with.

PP-OCR's small model knows 18,708 characters, most of them Chinese. Its last layer, which scores
every one of them at every column, costs a tenth of the reading and offers look-alikes that no
invoice means (工 for I, 口 for a check box).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

# What is left of these blocks after the letters: signs that occur on business documents.
SIGNS = frozenset(
    "–—‘’“”„‚†‡•…‰′″‹›⁄€™℃℉№ℓ←↑→↓↔⇒−√∞≈≠≤≥≡∑∆∅·■□▪▫▲△►▶▼▽◄◆◇○●◦★☆☎☐☑☒♦♣♥♠✓✔✕✖✗✘❏❑❒➔➜"
    "①②③④⑤⑥⑦⑧⑨⑩❶❷❸❹❺✂✉Ω∙"
)


def is_latin(char: str) -> bool:
    """Whether `char` is a Latin letter, a digit or a sign of European print."""
    code = ord(char)
    if code < 0x180 or char in SIGNS:  # ASCII, Latin-1, Latin Extended-A
        return True
    if 0x218 <= code <= 0x21B:  # Romanian S and T with comma below
        return True
    if 0xFF01 <= code <= 0xFF5E:  # full-width twins of ASCII, see `lines.PLAIN`
        return True
    return unicodedata.name(char, "").startswith(("SUPERSCRIPT ", "SUBSCRIPT "))


def latin_labels(alphabet: Sequence[str]) -> list[int]:
    """The labels to keep, ascending; label 0 is CTC's blank and stays."""
    return [0, *(n for n, char in enumerate(alphabet) if n and len(char) == 1 and is_latin(char))]
