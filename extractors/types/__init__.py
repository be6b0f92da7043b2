"""The document types that come with the system, one YAML file each."""

from __future__ import annotations

from pathlib import Path

from models.doctype import DocumentType, load_type

TYPES: dict[str, DocumentType] = {
    found.name: found for found in map(load_type, sorted(Path(__file__).parent.glob("*.yaml")))
}
