"""The second opinion in the extract step: who is asked about what, and what is recorded of it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from extractors import opinion, prompts
from extractors.values import Extraction
from models.doctype import DocumentType, FieldSpec
from models.opinions import Round, consents
from models.steps import Lease
from models.words import Page
from workers.context import Context
from workers.opinion import NoOpinion, Reply
from workers.pages import read_images

log = logging.getLogger("scrivano.opinion")
MAX_IMAGES = 2


@dataclass(frozen=True)
class Second:
    """The extraction after a second opinion; `others` is what it says where the machine said
    something else, `round` what to record (None when nobody was asked)."""

    extraction: Extraction
    others: dict[str, str]
    round: Round | None = None


def get_opinion(
    context: Context,
    lease: Lease,
    extraction: Extraction,
    doctype: DocumentType,
    pages: Sequence[Page],
) -> Second:
    """Ask about the fields in doubt, if the client agreed to it; never raises for the endpoint."""
    specs = _choose(context, lease, extraction, doctype)
    endpoint = context.endpoint
    if not specs or endpoint is None:
        return Second(extraction, {})
    asked = len(specs)
    try:
        messages = _write(context, lease, extraction, doctype, specs, pages)
        reply = endpoint.ask(messages, prompts.max_tokens(specs))
    except NoOpinion as reason:
        log.warning("no second opinion on %s: %s", lease.subject, reason)
        return Second(extraction, {}, Round(endpoint.model, "failed", asked))
    answers = prompts.read_answer(reply.text, specs)
    found = opinion.weigh(extraction, doctype, specs, answers, context.settings.opinion_weight)
    recorded = _record(endpoint.model, asked, found, answers, reply)
    return Second(found.extraction, dict(found.others), recorded)


def _choose(
    context: Context, lease: Lease, extraction: Extraction, doctype: DocumentType
) -> tuple[FieldSpec, ...]:
    if context.endpoint is None:
        return ()
    with context.db.read() as session:
        if not consents(session, lease.client_id):
            return ()
    return opinion.choose_questions(extraction, doctype, context.settings.opinion_max_fields)


def _write(
    context: Context,
    lease: Lease,
    extraction: Extraction,
    doctype: DocumentType,
    specs: Sequence[FieldSpec],
    pages: Sequence[Page],
) -> list[prompts.Message]:
    kind = doctype.label.get("en", doctype.name)
    if context.settings.opinion_mode == "text":
        return prompts.ask_text(specs, kind, pages)
    numbers = choose_pages(extraction, specs, [page.number for page in pages])
    return prompts.ask_images(specs, kind, read_images(context, lease.subject, numbers))


def choose_pages(
    extraction: Extraction, specs: Sequence[FieldSpec], numbers: Sequence[int]
) -> list[int]:
    """The pages to show: where the doubtful values stand, else the first."""
    shown = {extraction.fields[spec.name].page for spec in specs} & {*numbers}
    found = sorted(number for number in shown if number is not None)
    return (found or list(numbers))[:MAX_IMAGES]


def _record(
    model: str, asked: int, found: opinion.Weighed, answers: dict[str, str], reply: Reply
) -> Round:
    said = tuple(
        {"name": name, "value": value, "agreed": name in found.agreed}
        for name, value in answers.items()
    )
    return Round(
        model, "answered", asked, len(found.agreed), 1, reply.tokens_in, reply.tokens_out,
        reply.milliseconds, said,
    )  # fmt: skip
