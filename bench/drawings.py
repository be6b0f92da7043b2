"""Plain SVG drawings of curves, without any library."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from bench.scoring import Bin, Point

SIZE, MARGIN = 320, 48
INK, LINE, FAINT = "#222", "#0b62a4", "#ccc"


def draw_reliability(table: Sequence[Bin], title: str) -> str:
    """Share of right values over the mean score; a circle's area grows with its values."""
    most = max((b.values for b in table), default=1)
    marks = [_path([(0, 0), (1, 1)], FAINT), _path([(b.score, b.right) for b in table], LINE)]
    for b in table:
        x, y = _place(b.score, b.right)
        radius = 2 + 8 * (b.values / most) ** 0.5
        marks.append(f'<circle cx="{x}" cy="{y}" r="{radius:.1f}" fill="{LINE}" opacity="0.6">'
                     f"<title>{b.values} values</title></circle>")  # fmt: skip
    return _frame(title, "score", "right", 1.0, 1.0, marks)


def draw_risk(points: Sequence[Point], title: str) -> str:
    """Share of wrong values over the share that is taken."""
    top = max([0.01, *(point.risk for point in points)])
    curve = [(p.coverage, p.risk / top) for p in points]
    return _frame(title, "taken", "wrong", 1.0, top, [_path(curve, LINE)])


def draw_learning(curves: Mapping[str, Sequence[tuple[int, float | None]]], title: str) -> str:
    """F1 over the documents learned from, which stand at even distances; a line a curve."""
    learned = sorted({count for curve in curves.values() for count, _ in curve})
    across = {count: at / max(1, len(learned) - 1) for at, count in enumerate(learned)}
    low = min((f1 for c in curves.values() for _, f1 in c if f1 is not None), default=0.0)
    floor = max(0.0, int(10 * low - 0.5) / 10)
    marks = []
    for number, (name, curve) in enumerate(curves.items()):
        colour = (LINE, "#b5541c", "#3a7d34", "#7a3e9d")[number % 4]
        points = [(across[n], (f1 - floor) / (1 - floor)) for n, f1 in curve if f1 is not None]
        marks.append(_path(points, colour))
        x, y = _place(0.55, 0.05 + 0.06 * number)
        marks.append(f'<text x="{x}" y="{y}" fill="{colour}">{escape(name)}</text>')
    for count, at in across.items():
        x, y = _place(at, 0)
        marks.append(f'<text x="{x}" y="{y + 15}" text-anchor="middle">{count}</text>')
    for step in range(5):
        x, y = _place(0, step / 4)
        value = floor + (1 - floor) * step / 4
        marks.append(f'<text x="{x - 6}" y="{y + 4}" text-anchor="end">{value:.3g}</text>')
    return _frame(title, "verified documents", "F1", None, None, marks)


def _place(x: float, y: float) -> tuple[float, float]:
    return round(MARGIN + x * SIZE, 1), round(MARGIN + (1 - y) * SIZE, 1)


def _path(points: Sequence[tuple[float, float]], colour: str) -> str:
    places = " ".join(f"{x},{y}" for x, y in (_place(*point) for point in points))
    return f'<polyline points="{places}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _frame(
    title: str,
    across: str,
    up: str,
    right: float | None,
    top: float | None,
    marks: Sequence[str],
) -> str:
    """The drawing with its axes; without `right` and `top` the marks bring their own figures."""
    side = SIZE + 2 * MARGIN
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"'
        f' viewBox="0 0 {side} {side}" font-family="sans-serif" font-size="11" fill="{INK}">',
        f'<rect width="{side}" height="{side}" fill="white"/>',
        f'<text x="{side / 2}" y="20" text-anchor="middle" font-size="13">{escape(title)}</text>',
    ]
    for step in range(5):
        at = step / 4
        x, bottom = _place(at, 0)
        left, y = _place(0, at)
        if right is not None:
            parts.append(
                f'<text x="{x}" y="{bottom + 15}" text-anchor="middle">{at * right:g}</text>'
            )
        if top is not None:
            parts.append(
                f'<text x="{left - 6}" y="{y + 4}" text-anchor="end">{at * top:.3g}</text>'
            )
    parts.append(f'<rect x="{MARGIN}" y="{MARGIN}" width="{SIZE}" height="{SIZE}" fill="none"'
                 f' stroke="{INK}"/>')  # fmt: skip
    parts.append(f'<text x="{side / 2}" y="{side - 10}" text-anchor="middle">{escape(across)}'
                 f'</text><text x="10" y="{MARGIN - 8}">{escape(up)}</text>')  # fmt: skip
    return "\n".join([*parts, *marks, "</svg>", ""])
