"""Where the time of a page goes, as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

COLOURS = {
    "render": "#5b7083",
    "orient": "#8aa0b2",
    "detect": "#2f6f9f",
    "recognise": "#b5532a",
    "encode": "#7a8f4b",
    "other": "#b9b4aa",
}
WIDTH, BAR, MARGIN = 720, 44, 16


def add_up(
    pages: Iterable[Mapping[str, float]], totals: Iterable[float], rendering: float
) -> dict[str, float]:
    """Seconds by stage of all pages; `other` is what `totals` have beyond the stages."""
    seconds = {**dict.fromkeys(COLOURS, 0.0), "render": rendering}
    for page, total in zip(pages, totals, strict=True):
        for stage, value in page.items():
            seconds[stage] += value
        seconds["other"] += max(0.0, total - sum(page.values()))
    return seconds


def draw(seconds: Mapping[str, float]) -> str:
    """An SVG: one stacked bar and its legend with each stage's share."""
    total = sum(seconds.values()) or 1.0
    height = MARGIN * 3 + BAR + 20 * ((len(seconds) + 2) // 3)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'font-family="sans-serif" font-size="13">',
        "<title>Where the time of a page goes</title>",
        f'<rect width="{WIDTH}" height="{height}" fill="#ffffff"/>',
    ]
    x = float(MARGIN)
    for number, (stage, value) in enumerate(seconds.items()):
        share = value / total
        width = share * (WIDTH - 2 * MARGIN)
        colour = COLOURS.get(stage, COLOURS["other"])
        parts.append(f'<rect x="{x:.1f}" y="{MARGIN}" width="{width:.1f}" height="{BAR}" '
                     f'fill="{colour}"/>')  # fmt: skip
        x += width
        left = MARGIN + (number % 3) * (WIDTH - 2 * MARGIN) / 3
        top = 2 * MARGIN + BAR + 20 * (number // 3)
        parts.append(f'<rect x="{left:.1f}" y="{top}" width="12" height="12" fill="{colour}"/>')
        parts.append(f'<text x="{left + 18:.1f}" y="{top + 11}" fill="#222222">'
                     f"{escape(stage)} {share:.0%}</text>")  # fmt: skip
    return "\n".join([*parts, "</svg>"]) + "\n"
