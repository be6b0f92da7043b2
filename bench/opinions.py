"""What a second opinion gains and costs, on documents whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from bench.figures import percentile, share
from bench.scoring import judge
from bench.truths import Truth
from extractors import opinion, preprocess, prompts
from extractors.limits import DEFAULT
from extractors.page import encode
from extractors.pipeline import extract
from extractors.render import inspect, render
from extractors.types import TYPES
from extractors.values import Extraction
from models.doctype import DocumentType, FieldSpec
from models.words import Page
from workers.opinion import Endpoint, NoOpinion
from workers.second import choose_pages

Mode = Literal["text", "vision"]
Said = Literal["agrees", "differs", "nothing"]


@dataclass(frozen=True)
class Asked:
    """One field that was asked about. `right` is about the machine's value, `other_right` about
    the model's where it differs; `passes` when people need not look at it any more."""

    name: str
    said: Said
    right: bool
    other_right: bool
    passes: bool


@dataclass(frozen=True)
class Questioned:
    """One document and the answer on it; without one there is a `failure`."""

    asked: tuple[Asked, ...]
    milliseconds: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    failure: str = ""


@dataclass
class Opinions:
    """Asks an endpoint about document after document, and adds up."""

    endpoint: Endpoint
    mode: Mode = "text"
    weight: float = 1.0
    most: int = 12
    questioned: list[Questioned] = field(default_factory=list)

    def ask(self, truth: Truth, pages: Sequence[Page]) -> None:
        """Ask about the fields of one document that people would get."""
        kind = TYPES[truth.type]
        found = extract(pages, truth.type)
        specs = opinion.choose_questions(found, kind, self.most)
        if specs:
            self.questioned.append(self._ask(truth, kind, found, specs, pages))

    def _ask(
        self,
        truth: Truth,
        kind: DocumentType,
        found: Extraction,
        specs: Sequence[FieldSpec],
        pages: Sequence[Page],
    ) -> Questioned:
        title = kind.label.get("en", kind.name)
        if self.mode == "text":
            messages = prompts.ask_text(specs, title, pages)
        else:
            numbers = choose_pages(found, specs, [page.number for page in pages])
            messages = prompts.ask_images(specs, title, draw(truth.path, pages, numbers))
        try:
            reply = self.endpoint.ask(messages, prompts.max_tokens(specs))
        except NoOpinion as reason:
            silent = judge_answers(truth, kind, found, specs, {}, self.weight)
            return Questioned(silent, failure=str(reason))
        answers = prompts.read_answer(reply.text, specs)
        asked = judge_answers(truth, kind, found, specs, answers, self.weight)
        return Questioned(asked, reply.milliseconds, reply.tokens_in, reply.tokens_out)

    def summarise(self) -> dict[str, Any]:
        return summarise(self.questioned)


def draw(path: Path, pages: Sequence[Page], numbers: Sequence[int]) -> list[bytes]:
    """The upright images of some pages, as JPEG."""
    media_type = inspect(path).media_type
    images = []
    for number in numbers:
        page = next(page for page in pages if page.number == number)
        for raw in render(path, media_type, number, number, DEFAULT):
            image = preprocess.turn(raw.image, page.rotation)
            images.append(encode(preprocess.level(image, page.skew) if page.skew else image))
    return images


def judge_answers(
    truth: Truth,
    kind: DocumentType,
    found: Extraction,
    specs: Sequence[FieldSpec],
    answers: Mapping[str, str],
    weight: float,
) -> tuple[Asked, ...]:
    """Every question with what it brought; fields of which the truth says nothing are left out."""
    weighed = opinion.weigh(found, kind, specs, answers, weight)
    right = _right(truth, kind, found)
    proposed = {
        name: replace(found.fields[name], value=value) for name, value in weighed.others.items()
    }
    others = _right(truth, kind, replace(found, fields={**found.fields, **proposed}))
    return tuple(
        Asked(
            name=spec.name,
            said=_said(spec.name, weighed),
            right=right[spec.name],
            other_right=spec.name in proposed and others[spec.name],
            passes=not opinion.is_doubtful(spec, weighed.extraction.fields[spec.name]),
        )
        for spec in specs
        if spec.name in right and spec.name in others
    )


def _said(name: str, weighed: opinion.Weighed) -> Said:
    if name in weighed.agreed:
        return "agrees"
    return "differs" if name in weighed.others else "nothing"


def _right(truth: Truth, kind: DocumentType, found: Extraction) -> dict[str, bool]:
    return {one.name: one.right for one in judge(truth, kind, found) if not one.in_line}


# -- figures ------------------------------------------------------------------------------------


def summarise(questioned: Sequence[Questioned]) -> dict[str, Any]:
    """Gain: what agreements and other values are worth. Cost: calls, tokens, time."""
    asked = [one for each in questioned for one in each.asked]
    answered = [each for each in questioned if not each.failure]
    times = [float(each.milliseconds) for each in answered]
    passes = [one for one in asked if one.passes]
    return {
        "documents": len(questioned),
        "failed": len(questioned) - len(answered),
        "fields_asked": len(asked),
        **{said: _count(asked, said) for said in ("agrees", "differs", "nothing")},
        "saved": {"fields": len(passes), "wrong": sum(not one.right for one in passes)},
        "weight": weight(asked),
        "calls": len(questioned),
        "tokens_in": sum(each.tokens_in for each in questioned),
        "tokens_out": sum(each.tokens_out for each in questioned),
        "milliseconds": {
            "median": percentile(times, 50), "p95": percentile(times, 95), "total": sum(times),
        },
    }  # fmt: skip


def _count(asked: Sequence[Asked], said: str) -> dict[str, Any]:
    chosen = [one for one in asked if one.said == said]
    right = sum(one.other_right if said == "differs" else one.right for one in chosen)
    return {"fields": len(chosen), "right": share(right, len(chosen))}


def weight(asked: Sequence[Asked]) -> float | None:
    """The log of how much likelier an agreement is on a right value than on a wrong one; None when
    there are no right or no wrong values to tell. Half a case is added to each count."""
    right = [one for one in asked if one.right]
    wrong = [one for one in asked if not one.right]
    if not right or not wrong:
        return None

    def rate(ones: Sequence[Asked]) -> float:
        return (sum(one.said == "agrees" for one in ones) + 0.5) / (len(ones) + 1)

    return round(math.log(rate(right) / rate(wrong)), 2)


def tabulate(report: Mapping[str, Any]) -> str:
    """The report in lines for a terminal."""

    def part(name: str) -> str:
        found = report[name]
        told = "-" if found["right"] is None else f"{100 * found['right']:.1f} %"
        return f"{found['fields']} (right {told})"

    times, saved = report["milliseconds"], report["saved"]
    return "\n".join(
        [
            f"second opinion: {report['fields_asked']} fields of {report['documents']} documents "
            f"asked, {report['failed']} documents without an answer",
            f"gain: agrees {part('agrees')}, differs {part('differs')}, "
            f"says nothing {part('nothing')}",
            f"people are spared {saved['fields']} fields, of these wrong {saved['wrong']}; "
            f"measured weight of an agreement: {report['weight']}",
            f"cost: {report['calls']} calls, {report['tokens_in']} + {report['tokens_out']} "
            f"tokens, {times['total'] / 1000:.1f} s (median {times['median']} ms, p95 "
            f"{times['p95']} ms)",
        ]
    )
