"""Which page of a document is which page of the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from extractors.forms.register import Registration, Sheet, register

SURE = 0.65  # registration score at which no other page is tried
MOST_PAGES = 40  # of a document, that are tried


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """A page of the document (its number, from 1) that lies on a page of the blank."""

    number: int
    sheet: Sheet
    registration: Registration


def place_pages(
    wanted: Sequence[int],
    blanks: Mapping[int, Sheet],
    numbers: Sequence[int],
    load: Callable[[int], Sheet],
) -> dict[int, Placed]:
    """For each page of the blank that is `wanted` the page of the document that shows it.

    `numbers` are the document's pages. Each is tried at its own place first, so that a form whose
    pages are in order is laid down without trying all on all. Pages that are not there are left
    out; of several copies the best counts.
    """
    numbers = numbers[:MOST_PAGES]
    wanted = [page for page in wanted if page in blanks]
    sheets: dict[int, Sheet] = {}
    found: dict[int, Placed] = {}

    def attempt(page: int, number: int) -> Placed | None:
        if number not in sheets:
            sheets[number] = load(number)
        laid = register(sheets[number], blanks[page])
        return Placed(number, sheets[number], laid) if laid and laid.accepted else None

    for page in wanted:
        if page <= len(numbers):
            placed = attempt(page, numbers[page - 1])
            if placed and placed.registration.score >= SURE:
                found[page] = placed
    taken = {placed.number for placed in found.values()}
    options = [
        (placed.registration.score, page, placed)
        for page in wanted
        if page not in found
        for number in numbers
        if number not in taken and (placed := attempt(page, number))
    ]
    for _, page, placed in sorted(options, key=lambda option: -option[0]):
        if page not in found and placed.number not in {p.number for p in found.values()}:
            found[page] = placed
    return found
