"""The document types that come with the system."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors import types
from extractors.types import TYPES
from models.doctype import DocumentType, SumRule, load_type

FILES = sorted(Path(types.__file__).parent.glob("*.yaml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_is_a_type_of_its_own_name(path: Path) -> None:
    assert load_type(path).name == path.stem
    assert path.stem in TYPES


@pytest.mark.parametrize("doctype", TYPES.values(), ids=lambda doctype: doctype.name)
def test_labels_are_in_italian_and_english(doctype: DocumentType) -> None:
    for label in (doctype.label, *(spec.label for spec in (*doctype.fields, *doctype.lines))):
        assert label.keys() >= {"it", "en"}


@pytest.mark.parametrize("doctype", TYPES.values(), ids=lambda doctype: doctype.name)
def test_names_are_unique_and_rules_name_fields_that_exist(doctype: DocumentType) -> None:
    header = [spec.name for spec in doctype.fields]
    columns = [spec.name for spec in doctype.lines]
    assert len(set(header)) == len(header)
    assert len(set(columns)) == len(columns)
    for rule in doctype.rules:
        if isinstance(rule, SumRule):
            assert {*rule.terms, rule.equals} <= set(header)
        elif rule.rule == "line_product":
            assert {*rule.factors, rule.equals} <= set(columns)
        elif rule.rule == "line_sum":
            assert rule.column in columns
            assert set(rule.equals) <= set(header)
