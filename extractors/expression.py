"""Rules that clients write: one comparison of a document's values, such as
`net_total + vat_total == gross_total` or `due_date >= issue_date`.

The text is taken apart by Python's own parser and never run: each node is checked against a short
list and each value has a type, so what is left can only compare numbers, dates and texts. What an
expression may use:

* names of header fields; `lines.column` inside `sum`; numbers, "texts" (a date is a text);
* `+ - * /`, `== != < <= > >=`, `and or not`, brackets;
* `abs(number)`, `round(number, decimals)`, `len(text)`, `len(lines)`, `sum(lines.column)`,
  `days(from_date, to_date)`, `matches(text, "pattern")`, `date("2026-01-31")`.

Where a value is missing, or a number is divided by zero, an expression has no result.
"""

from __future__ import annotations

import ast
import decimal
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from extractors import patterns
from extractors.reckoning import (
    LINES,
    NUMBER_KINDS,
    Missing,
    Reader,
    Type,
    Values,
    read_constant,
    to_date,
    type_of_kind,
)

MAX_EXPRESSION = 500  # characters
MAX_NODES = 120
MAX_DEPTH = 20
MAX_DECIMALS = 6

Names = tuple[tuple[str, str], ...]
"""Fields with their kinds."""

_TOKEN = re.compile(
    r"""\s+|\d+(?:\.\d+)?(?![\w.])|[A-Za-z_]\w*|"[^"\n]*"|'[^'\n]*'|[=!<>]=|[-+*/<>(),.]""",
    re.ASCII,
)
_CONTEXT = decimal.Context(prec=50)


class ExpressionFault(ValueError):
    """An expression that cannot be used; `position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked expression; `fields` are the header fields in it, in their order."""

    tree: ast.expr
    fields: tuple[str, ...]
    kinds: Names


@lru_cache(maxsize=512)
def read_expression(text: str, fields: Names, columns: Names = ()) -> Expression:
    """The expression over these header fields and line columns; ExpressionFault if it is none."""
    tree = _parse(text)
    checker = _Checker(text, dict(fields), dict(columns))
    if checker.type_of(tree, 0) != "truth":
        raise ExpressionFault("This is a value and no comparison: add what it should be.", 0)
    return Expression(tree, tuple(checker.used), fields)


def evaluate(expression: Expression, fields: Values, lines: Sequence[Values]) -> bool | None:
    """Whether it holds for these normalised values; None when one that it needs is missing."""
    try:
        with decimal.localcontext(_CONTEXT):
            return bool(Reader(dict(expression.kinds), fields, lines).value(expression.tree))
    except (Missing, ArithmeticError):
        return None


# -- parsing --------------------------------------------------------------------------------------


def _parse(text: str) -> ast.expr:
    if len(text) > MAX_EXPRESSION:
        message = f"An expression has at most {MAX_EXPRESSION} characters."
        raise ExpressionFault(message, MAX_EXPRESSION)
    _scan(text)
    try:
        # A \ in a text is that character; the scan has seen that there are none elsewhere.
        return ast.parse(_to_python(text), mode="eval").body
    except SyntaxError as error:
        # Python gives no place when more should follow.
        at = _position(text, error.offset - 1 if error.offset else 4 * len(text))
        raise ExpressionFault("This cannot be read from here on.", at) from None
    except (ValueError, RecursionError, MemoryError):
        raise ExpressionFault("This is too complicated: make several rules of it.", 0) from None


def _to_python(text: str) -> str:
    return re.sub(r"\s", " ", text).strip().replace("\\", "\\\\")


def _position(text: str, column: int) -> int:
    """The place in `text` of a column, in bytes, of what Python was given."""
    lead = len(text) - len(text.lstrip())
    given = 0
    for index, char in enumerate(text[lead:]):
        if given >= column:
            return lead + index
        given += len(char.encode("utf-8", "replace")) + (char == "\\")
    return len(text)


def _scan(text: str) -> None:
    """ExpressionFault at the first character that no expression has."""
    at = 0
    while match := _TOKEN.match(text, at):
        if match[0][0].isdigit() and len(match[0]) > 16:
            raise ExpressionFault("A number has at most 15 digits.", at)
        at = match.end()
    if at == len(text):
        return
    char = text[at]
    if char in "\"'":
        raise ExpressionFault("This text has no closing quotation mark.", at)
    if char == "=":
        raise ExpressionFault("Two values are compared with ==.", at)
    if char.isdigit():
        raise ExpressionFault("This is no number: write it like 1234.50.", at)
    raise ExpressionFault(f"{char} has no meaning here.", at)


# -- checking -------------------------------------------------------------------------------------

_ARITHMETIC = (ast.Add, ast.Sub, ast.Mult, ast.Div)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE)


class _Checker:
    """Gives each part its type, and refuses what is not on the list."""

    def __init__(self, text: str, fields: Mapping[str, str], columns: Mapping[str, str]) -> None:
        self.text = text
        self.fields = fields
        self.columns = columns
        self.used: dict[str, None] = {}
        self.nodes = 0

    def fault(self, message: str, node: ast.expr) -> ExpressionFault:
        return ExpressionFault(message, _position(self.text, node.col_offset))

    def type_of(self, node: ast.expr, depth: int) -> Type:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise self.fault("This is too complicated: make several rules of it.", node)
        match node:
            case ast.BoolOp(values=values):
                for value in values:
                    self._want("truth", value, depth, "and, or, not join comparisons.")
                return "truth"
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self._want("truth", operand, depth, "and, or, not join comparisons.")
                return "truth"
            case ast.UnaryOp(op=ast.USub() | ast.UAdd(), operand=operand):
                self._want("number", operand, depth, "Only a number has a sign.")
                return "number"
            case ast.BinOp(left=left, op=op, right=right) if isinstance(op, _ARITHMETIC):
                for side in (left, right):
                    self._want("number", side, depth, "+ - * / go with numbers.")
                return "number"
            case ast.BinOp():
                raise self.fault("There are + - * / and no other operators.", node)
            case ast.Compare():
                return self._compare(node, depth)
            case ast.Call():
                return self._call(node, depth)
            case ast.Name(id=name):
                return self._name(name, node)
            case ast.Constant(value=bool()):
                raise self.fault("Compare values: true and false are none.", node)
            case ast.Constant(value=int() | float()):
                return "number"
            case ast.Constant(value=str()):
                return "text"
            case ast.Attribute():
                raise self.fault("lines.column stands only inside sum( ).", node)
        raise self.fault("This is not part of the language of rules.", node)

    def _want(self, wanted: Type, node: ast.expr, depth: int, message: str) -> None:
        found = self.type_of(node, depth + 1)
        if found != wanted:
            raise self.fault(f"{message} This is a {found}.", node)

    def _name(self, name: str, node: ast.expr) -> Type:
        if name not in self.fields:
            if name == LINES or name in self.columns:
                column = name if name in self.columns else "column"
                raise self.fault(f"Line items are added up: sum(lines.{column}).", node)
            known = ", ".join(self.fields)
            raise self.fault(f"There is no header field {name}. There are: {known}.", node)
        self.used[name] = None
        return type_of_kind(self.fields[name])

    def _compare(self, node: ast.Compare, depth: int) -> Type:
        sides = [node.left, *node.comparators]
        for op in node.ops:
            if not isinstance(op, _COMPARISONS):
                raise self.fault("Values are compared with == != < <= > >=.", node)
        types = [self.type_of(side, depth + 1) for side in sides]
        for side, found in zip(sides[1:], types[1:], strict=True):
            if found != types[0]:
                message = f"A {types[0]} cannot be compared with a {found}."
                raise self.fault(message + _hint(types[0], found), side)
        ordered = any(not isinstance(op, ast.Eq | ast.NotEq) for op in node.ops)
        if types[0] == "truth" or (types[0] == "text" and ordered):
            raise self.fault("Only numbers and dates are larger or smaller.", node)
        return "truth"

    def _call(self, node: ast.Call, depth: int) -> Type:
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name not in _FUNCTIONS:
            raise self.fault(f"There are these functions: {', '.join(_FUNCTIONS)}.", node)
        wanted, result = _FUNCTIONS[name]
        if node.keywords or len(node.args) != len(wanted):
            raise self.fault(f"{name} takes {len(wanted)} values in brackets.", node)
        for argument, kind in zip(node.args, wanted, strict=True):
            self._argument(name, kind, argument, depth)
        return result

    def _argument(self, function: str, kind: str, node: ast.expr, depth: int) -> None:
        match kind:
            case "column":
                self._column(node)
            case "decimals":
                whole = isinstance(node, ast.Constant) and type(node.value) is int
                if not whole or not 0 <= read_constant(node) <= MAX_DECIMALS:
                    raise self.fault(f"round takes decimals from 0 to {MAX_DECIMALS}.", node)
            case "pattern":
                self._pattern(node)
            case "day":
                if not isinstance(node, ast.Constant) or to_date(node.value) is None:
                    raise self.fault('date takes a day such as "2026-01-31".', node)
            case "text" if function == "len" and isinstance(node, ast.Name) and node.id == LINES:
                if not self.columns:
                    raise self.fault("This document type has no line items.", node)
            case "text" | "number" | "date":
                self._want(kind, node, depth, f"{function} takes a {kind}.")

    def _column(self, node: ast.expr) -> None:
        match node:
            case ast.Attribute(value=ast.Name(id="lines"), attr=name):
                kind = self.columns.get(name)
                if kind is None:
                    known = ", ".join(self.columns) or "none"
                    raise self.fault(f"Lines have no {name}. There are: {known}.", node)
                if kind not in NUMBER_KINDS:
                    raise self.fault(f"lines.{name} is no number.", node)
            case _:
                raise self.fault("sum takes a column of the lines: sum(lines.line_total).", node)

    def _pattern(self, node: ast.expr) -> None:
        if not isinstance(node, ast.Constant) or not isinstance(node.value, str):
            raise self.fault('The second value of matches is a "pattern".', node)
        try:
            patterns.read_pattern(node.value)
        except patterns.PatternFault as error:
            at = _position(self.text, node.col_offset) + 1 + error.position
            raise ExpressionFault(str(error), at) from None


_FUNCTIONS: dict[str, tuple[tuple[str, ...], Type]] = {
    "abs": (("number",), "number"),
    "round": (("number", "decimals"), "number"),
    "len": (("text",), "number"),
    "sum": (("column",), "number"),
    "days": (("date", "date"), "number"),
    "date": (("day",), "date"),
    "matches": (("text", "pattern"), "truth"),
}


def _hint(one: Type, other: Type) -> str:
    return ' Write a day as date("2026-01-31").' if {one, other} == {"date", "text"} else ""
