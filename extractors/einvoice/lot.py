"""Several electronic invoices in one file, each with pages of its own: for whoever divides it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from extractors.einvoice.data import EInvoice


@dataclass(frozen=True, slots=True)
class Lot:
    """Invoices in the order of the file, each with the number of its pages; places in each count
    from its own first page."""

    invoices: tuple[tuple[EInvoice, int], ...]

    def __len__(self) -> int:
        return len(self.invoices)

    def parts(self) -> Iterator[tuple[int, ...]]:
        """The file's pages (from 1) of each invoice."""
        before = 0
        for _, pages in self.invoices:
            yield tuple(range(before + 1, before + pages + 1))
            before += pages

    def at(self, page: int) -> EInvoice | None:
        """The invoice that a page of the file belongs to."""
        for (invoice, _), part in zip(self.invoices, self.parts(), strict=True):
            if page in part:
                return invoice
        return None

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the inverse of `from_dict`."""
        return {"lot": [[invoice.to_dict(), pages] for invoice, pages in self.invoices]}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Lot:
        return cls(tuple((EInvoice.from_dict(one), int(pages)) for one, pages in data["lot"]))
