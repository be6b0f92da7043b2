"""What may follow what."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.batches import Batch, get_batch
from models.db import Database
from models.errors import Conflict
from models.status import ALLOWED, Transition, move, must_move
from tests.models.conftest import Rows


@pytest.mark.parametrize("kind", ALLOWED)
def test_every_way_leads_to_a_known_status(kind: str) -> None:
    known = set(ALLOWED[kind])
    assert {to for ways in ALLOWED[kind].values() for to in ways} <= known


def test_a_way_that_is_not_allowed_is_refused(db: Database, rows: Rows) -> None:
    with db.write() as session, pytest.raises(Conflict, match="open cannot become released"):
        move(session, get_batch(session, rows.batch), "released")


def test_the_slower_of_two_loses_and_changes_nothing(db: Database, rows: Rows) -> None:
    with db.read() as session:
        seen_before = get_batch(session, rows.batch)
        session.expunge(seen_before)
    with db.write() as session:
        assert move(session, get_batch(session, rows.batch), "sealed", actor="fast")
    with db.write() as session:
        late = Batch(id=seen_before.id, status=seen_before.status)
        assert not move(session, late, "sealed", actor="slow")
        with pytest.raises(Conflict):
            must_move(session, late, "sealed", actor="slow")
        actors = session.scalars(select(Transition.actor).where(Transition.subject == rows.batch))
        assert list(actors) == ["fast"]
