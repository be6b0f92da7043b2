"""The business key: the values that together mean one paper."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from extractors.parse import fold
from models.doctype import DocumentType

DUPLICATE = "duplicate"


def business_key(doctype: DocumentType, fields: Mapping[str, str | None]) -> str | None:
    """The hash (SHA-256, hexadecimal) of a document's key values; None when one is missing.

    `fields` are normalised header values. Signs between letters and digits count, which sign does
    not: "FT 12/3" and "ft-12.3" are one, "1/23" and "12/3" are two.
    """
    if doctype.business_key is None:
        return None
    kinds = {spec.name: spec.kind for spec in doctype.fields}
    known = {name: _comparable(kinds.get(name, "text"), value) for name, value in fields.items()}
    values = []
    for part in doctype.business_key:
        names = (part,) if isinstance(part, str) else part
        name = next((name for name in names if known.get(name)), None)
        if name is None:
            return None
        values.append([name, known[name]])
    content = json.dumps([doctype.name, values], ensure_ascii=False)
    return hashlib.sha256(content.encode("utf-8", "replace")).hexdigest()


def marked_field(doctype: DocumentType) -> str | None:
    """The field that a person is asked about when a document seems to have come twice: the number
    in the key, or else its last field. None without a key."""
    if doctype.business_key is None:
        return None
    names = [part if isinstance(part, str) else part[0] for part in doctype.business_key]
    kinds = {spec.name: spec.kind for spec in doctype.fields}
    return next((name for name in names if kinds.get(name) == "identifier"), names[-1])


def _comparable(kind: str, value: str | None) -> str:
    if kind not in ("text", "identifier"):
        return value or ""
    return re.sub(r"[\W_]+", "-", fold(value or "")).strip("-")
