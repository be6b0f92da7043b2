"""Document and order numbers in suppliers' patterns, and the days that papers are from."""

from __future__ import annotations

from datetime import date
from random import Random

FIRST_DAY = date(2023, 1, 9)
DAYS = 1380

NUMBERS = (
    "{n}", "{n}/{y}", "{n}/{yy}", "{y}/{n:05d}", "FT-{y}-{n:04d}", "{n}/{l}", "{l}{n:06d}",
    "{yy}{l}{n:05d}", "{n:07d}", "{l}{l2}{yy}{m}-{n:03d}", "V1-{n:07d}", "{n:04d}/{y}/{l}",
    "{y}{m}{n:03d}", "10{n:06d}", "{l}{l2}-{n:05d}", "{y}-{n:04d}",
)  # fmt: skip
ORDERS = (
    "45{n:08d}",
    "OA-{n:05d}",
    "PO{n:06d}",
    "{n}",
    "{l}{n:04d}/{yy}",
    "{y}-{n:04d}",
    "B{n:05d}",
)


def fill_number(pattern: str, day: date, rng: Random) -> str:
    """A document number in a supplier's pattern."""
    return pattern.format(
        n=rng.randint(1, 2600), y=day.year, yy=f"{day:%y}", m=f"{day:%m}",
        l=rng.choice("ABEFRV"), l2=rng.choice("CEKTX"),
    )  # fmt: skip
