"""The trained ranker: its trees, what it sees of candidates, and when it leaves hand odds alone."""

from __future__ import annotations

import numpy as np
import pytest

from extractors import lexicon, ranker, zones
from extractors.candidates import Document, survey
from extractors.features import GROUP_OF, measure
from extractors.pipeline import extract
from extractors.rank import choose, field_pools
from extractors.surroundings import Surroundings
from extractors.types import TYPES
from tests.extraction.papers import ITALIAN_INVOICE, paper

# own <= 0.5 ? -2 : (odds <= 0 ? 1 : 3), and a tree that is one leaf
STUMPS = {
    "fields": ["gross_total"],
    "features": ["odds", "own"],
    "trees": [[[1, 0], [0.5, 0.0], [-1, -2], [1, -3], [-2.0, 1.0, 3.0]], [[], [], [], [], [0.25]]],
}
INVOICE = TYPES["invoice"]


@pytest.fixture(scope="module")
def document() -> Document:
    return survey([paper(ITALIAN_INVOICE)], lexicon.labels_for(INVOICE), "it")


def test_trees_are_added_up() -> None:
    model = ranker.load(STUMPS)
    table = np.array([[9.0, 0.5], [0.0, 0.6], [0.1, 0.6]])
    assert ranker.evaluate(model, table).tolist() == [-1.75, 1.25, 3.25]


def test_no_candidates_have_no_odds() -> None:
    assert ranker.evaluate(ranker.load(STUMPS), np.zeros((0, 2))).tolist() == []


def test_a_feature_that_a_candidate_lacks_is_zero() -> None:
    assert ranker.log_odds(ranker.load(STUMPS), [{"own": 0.7}]).tolist() == [1.25]


def test_fields_that_the_model_was_not_trained_for_keep_their_odds(document: Document) -> None:
    around = Surroundings(document, INVOICE, zones.zones(document))
    pool = field_pools(around)["net_total"]
    spec = INVOICE.spec("net_total", in_line=False)
    assert ranker.rank(around, spec, pool, {"amount": ranker.load(STUMPS)}) is pool


def test_trained_odds_and_hand_odds_are_joined(document: Document) -> None:
    around = Surroundings(document, INVOICE, zones.zones(document))
    pool = field_pools(around)["gross_total"]
    spec = INVOICE.spec("gross_total", in_line=False)
    ranked = ranker.rank(around, spec, pool, {"amount": ranker.load(STUMPS)})
    by_hand = {(one.value, one.span.box): one.odds for one in pool}
    best = ranked[0]
    share = (best.odds - ranker.HAND * by_hand[best.value, best.span.box]) / (1 - ranker.HAND)
    assert share == pytest.approx(3.25)
    assert [one.odds for one in ranked] == sorted((one.odds for one in ranked), reverse=True)


def test_a_field_of_a_clients_own_type_is_left_to_hand_weights(document: Document) -> None:
    spec = INVOICE.spec("gross_total", in_line=False)
    own = spec.model_copy(update={"name": "grand_sum"})
    around = Surroundings(document, INVOICE, zones.zones(document))
    pool = field_pools(around)["gross_total"]
    assert ranker.rank(around, own, pool, ranker.shipped()) is pool


def test_every_feature_is_a_number(document: Document) -> None:
    around = Surroundings(document, INVOICE, zones.zones(document))
    for name, pool in field_pools(around).items():
        if name in GROUP_OF:
            for row in measure(around, INVOICE.spec(name, in_line=False), pool):
                assert all(np.isfinite(value) for value in row.values())


def test_without_a_ranker_hand_weights_choose(document: Document) -> None:
    assert choose(document, INVOICE, (), {})["gross_total"].value == "314.76"


def test_the_shipped_ranker_finds_what_a_plain_invoice_says() -> None:
    found = extract([paper(ITALIAN_INVOICE)], "invoice").fields
    hand = extract([paper(ITALIAN_INVOICE)], "invoice", ranker={}).fields
    assert {n: v.value for n, v in found.items()} == {n: v.value for n, v in hand.items()}
