"""`bench evaluate --opinion`: gain and cost, against a stand-in endpoint."""

from __future__ import annotations

import hashlib
import json
import math
from pathlib import Path
from typing import Any

import pytest

from bench import evaluate
from bench.opinions import Asked, Questioned, summarise, weight
from tests.extraction.papers import ITALIAN_INVOICE, paper
from tests.stub import Body, run_stub

PAGE = paper([(x, y, text) for x, y, text in ITALIAN_INVOICE if "Spett" not in text])
TRUTH: dict[str, Any] = {
    "file": "1.pdf", "type": "invoice", "language": "it", "layout": "letter", "pages": 1,
    "fields": {"invoice_number": "127/A", "seller_name": "Officine Bellavista S.r.l.",
               "buyer_name": "Panificio Aurora S.p.A.", "gross_total": "314.76",
               "currency": "EUR", "issue_date": "2024-03-05"},
    "lines": [], "boxes": {}, "line_boxes": [], "degradation": "clean",
}  # fmt: skip


def asked(said: Any, *, right: bool, other_right: bool = False, passes: bool = False) -> Asked:
    return Asked("total", said, right, other_right, passes)


def run(tmp_path: Path, url: str, *options: str) -> dict[str, Any]:
    """The part on second opinions of an evaluation of one scan whose page is known."""
    scans = tmp_path / "scans"
    scans.mkdir()
    (scans / "1.pdf").write_bytes(b"%PDF-1.7")
    (scans / "1.pdf.json").write_text(json.dumps(TRUTH), encoding="utf-8")
    cache, out = tmp_path / "cache", tmp_path / "out"
    cache.mkdir()
    digest = hashlib.sha256((scans / "1.pdf").read_bytes()).hexdigest()
    (cache / f"{digest}.json").write_text(json.dumps([PAGE.to_dict()]), encoding="utf-8")
    paths = ["--generated", str(scans), "--cache", str(cache), "--out", str(out)]
    assert evaluate.main([*paths, "--opinion", url, *options]) == 0
    found: dict[str, Any] = json.loads((out / "evaluation.json").read_text("utf-8"))["opinion"]
    return found


def test_gain_and_cost_are_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def know(_: Body) -> str:
        return json.dumps(TRUTH["fields"])

    monkeypatch.setenv("SCRIVANO_OPINION_KEY", "secret")
    with run_stub(say=know) as stub:
        found = run(tmp_path, stub.url, "--opinion-model", "knowing")
    assert stub.asked[0]["model"] == "knowing"
    assert stub.headers[0]["Authorization"] == "Bearer secret"
    assert (found["calls"], found["tokens_in"], found["tokens_out"]) == (1, 321, 21)
    assert found["fields_asked"] > 0
    told = found["agrees"]["fields"] + found["differs"]["fields"]
    assert told > 0
    for said in ("agrees", "differs"):
        assert found[said]["right"] in (None, 1.0)
    assert "gain: agrees" in capsys.readouterr().out


def test_an_endpoint_that_fails_is_counted(tmp_path: Path) -> None:
    with run_stub(status=500) as stub:
        found = run(tmp_path, stub.url)
    assert (found["documents"], found["failed"]) == (1, 1)
    assert found["nothing"]["fields"] == found["fields_asked"]


def test_figures_tell_right_from_wrong() -> None:
    found = summarise(
        [
            Questioned(
                (
                    asked("agrees", right=True, passes=True),
                    asked("agrees", right=False, passes=True),
                    asked("differs", right=False, other_right=True),
                ),
                100, 10, 1,
            ),
            Questioned((asked("nothing", right=True),), failure="late"),
        ]
    )  # fmt: skip
    assert found["agrees"] == {"fields": 2, "right": 0.5}
    assert found["differs"] == {"fields": 1, "right": 1.0}
    assert found["saved"] == {"fields": 2, "wrong": 1}
    assert (found["failed"], found["milliseconds"]["median"]) == (1, 100)


def test_the_weight_is_a_likelihood_ratio() -> None:
    right = [asked("agrees", right=True)] * 9 + [asked("differs", right=True)]
    wrong = [asked("agrees", right=False)] * 1 + [asked("differs", right=False)] * 9
    assert weight(right + wrong) == round(math.log(9.5 / 1.5), 2)
    assert weight(right) is None
