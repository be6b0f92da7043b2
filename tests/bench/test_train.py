"""Training: the trees written are LightGBM's own, and the same documents give the same file."""

from __future__ import annotations

import json
import random
from pathlib import Path

import lightgbm
import numpy as np
import pytest
from numpy.typing import NDArray

from bench import calibrate, candidates, documents, train
from bench.candidates import Example, forget
from bench.documents import Known
from bench.truths import Truth, read_generated
from extractors import lexicon, ranker
from extractors.candidates import survey
from extractors.types import TYPES
from models.words import Page
from tests.extraction.papers import ITALIAN_INVOICE, paper

PAGE = paper(ITALIAN_INVOICE)
RIGHT = {"invoice_number": "127/A", "issue_date": "2024-03-05", "gross_total": "314.76"}


def truth(complete: bool = False) -> Truth:
    fields = {name: (value,) for name, value in RIGHT.items()}
    return Truth(Path("a.png"), "generated/x", "invoice", "letter", fields, None, complete=complete)


def table(rows: int) -> tuple[NDArray[np.float64], list[float]]:
    chance = np.random.default_rng(3)
    features = chance.normal(size=(rows, 4)).round(3)
    right = features[:, 0] + features[:, 1] * features[:, 2] > chance.normal(size=rows) * 0.3
    return features, [float(one) for one in right]


def test_trees_say_exactly_what_lightgbm_says() -> None:
    features, right = table(600)
    settings = {"objective": "binary", "num_leaves": 8, "verbosity": -1, "use_missing": False,
                "num_threads": 1, "deterministic": True, "force_row_wise": True}  # fmt: skip
    booster = lightgbm.train(settings, lightgbm.Dataset(features, right), num_boost_round=12)
    model = ranker.load({"fields": [], "features": ["a", "b", "c", "d"],
                         "trees": json.loads(json.dumps(train.convert(booster)))})  # fmt: skip
    wanted = booster.predict(features, raw_score=True)
    assert ranker.evaluate(model, features).tolist() == np.asarray(wanted).tolist()


def test_candidates_are_right_by_their_value() -> None:
    found = candidates.collect(Known(truth(), (PAGE,)))
    assert {one.field for one in found} == set(RIGHT)
    assert {one.field for one in found if one.right} == set(RIGHT)


def test_a_field_that_is_not_printed_has_wrong_candidates_where_the_truth_is_complete() -> None:
    found = candidates.collect(Known(truth(complete=True), (PAGE,)))
    dates = [one for one in found if one.field == "due_date"]
    assert dates
    assert not any(one.right for one in dates)


def test_a_document_is_shown_again_with_fewer_labels() -> None:
    document = survey([PAGE], lexicon.labels_for(TYPES["invoice"]), "it")
    again = forget(document, random.Random("a"))
    assert 0 < len(again.labels) < len(document.labels)
    assert again.spans == document.spans


def test_a_field_seen_in_few_layouts_is_left_to_hand_weights() -> None:
    examples = [Example("gross_total", {"odds": float(n)}, n > 3) for n in range(6)]
    assert train.train([train.Shown(Known(truth(), ()), examples)]) == {}


def test_the_same_documents_give_the_same_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "TREES", 3)
    monkeypatch.setitem(train.SETTINGS, "min_data_in_leaf", 2)
    examples = [
        Example("gross_total", {"odds": n % 7 - 3.0, "own": (n % 5) / 5}, n % 7 + n % 5 > 6)
        for n in range(200)
    ]
    assert train.fit(examples, ["gross_total"]) == train.fit(examples, ["gross_total"])


def test_train_writes_a_card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "scans"
    folder.mkdir()
    (folder / "a.png").write_bytes(b"not looked at")
    data = {"type": "invoice", "layout": "letter", "fields": RIGHT, "lines": []}
    (folder / "a.png.json").write_text(json.dumps(data), encoding="utf-8")

    def read(*_: object, **__: object) -> list[Page]:
        return [PAGE]

    monkeypatch.setattr(documents, "read_pages", read)
    out = tmp_path / "ranker.json"
    assert train.main(["--generated", str(folder), "--hold", "letter", "--out", str(out)]) == 0
    card = json.loads(out.read_text("utf-8"))["card"]
    assert card["held"]["scans"]["documents"] == 1
    assert card["documents"] == {}
    assert list(read_generated(folder))


# -- thresholds -----------------------------------------------------------------------------------


def test_a_threshold_takes_what_keeps_to_the_risk() -> None:
    pairs = [(0.99, True)] * 900 + [(0.9, True)] * 300 + [(0.8, False)] * 60
    assert calibrate.certify(pairs) == pytest.approx(0.801)


def test_few_values_certify_nothing() -> None:
    assert calibrate.certify([(0.99, True)] * 300) is None


def test_wrong_values_among_the_surest_certify_nothing() -> None:
    assert calibrate.certify([(0.99, n % 50 > 0) for n in range(2000)]) is None
