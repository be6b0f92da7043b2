"""Working out an expression that has been checked: see extractors/expression.py."""

from __future__ import annotations

import ast
import decimal
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

from extractors import patterns

LINES = "lines"
NUMBER_KINDS = frozenset({"amount", "number", "percent"})

Type = Literal["number", "date", "text", "truth"]
Value = Decimal | date | str | bool
Values = Mapping[str, str | None]


class Missing(Exception):
    """A value that the expression needs is not there."""


def type_of_kind(kind: str) -> Type:
    if kind in NUMBER_KINDS:
        return "number"
    return "date" if kind == "date" else "text"


def read_constant(node: ast.expr) -> int:
    assert isinstance(node, ast.Constant)
    assert isinstance(node.value, int)
    return node.value


def to_date(value: object) -> date | None:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value, re.ASCII):
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


class Reader:
    """Works out a checked tree for one document's values."""

    def __init__(self, kinds: Mapping[str, str], fields: Values, lines: Sequence[Values]) -> None:
        self.kinds = kinds
        self.fields = fields
        self.lines = lines

    def value(self, node: ast.expr) -> Value:
        match node:
            case ast.BoolOp(op=op, values=values):
                # every side is looked at: what is missing must not depend on the order
                found = [bool(self.value(value)) for value in values]
                return all(found) if isinstance(op, ast.And) else any(found)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return not self.value(operand)
            case ast.UnaryOp(op=op, operand=operand):
                return -self.number(operand) if isinstance(op, ast.USub) else self.number(operand)
            case ast.BinOp(left=left, op=op, right=right):
                return _calculate(op, self.number(left), self.number(right))
            case ast.Compare(left=left, ops=ops, comparators=others):
                return self._compare([left, *others], ops)
            case ast.Call(func=ast.Name(id=name), args=args):
                return self._call(name, args)
            case ast.Name(id=name):
                return self._field(name)
            case ast.Constant(value=str() as text):
                return text
            case ast.Constant(value=int() | float() as number):
                return Decimal(repr(number))
        raise AssertionError(f"{type(node).__name__} passed the check")

    def number(self, node: ast.expr) -> Decimal:
        found = self.value(node)
        assert isinstance(found, Decimal)
        return found

    def _field(self, name: str) -> Value:
        text = self.fields.get(name)
        if not text:
            raise Missing
        match type_of_kind(self.kinds[name]):
            case "number":
                return _to_number(text)
            case "date":
                day = to_date(text)
                if day is None:
                    raise Missing
                return day
        return text

    def _compare(self, sides: Sequence[ast.expr], ops: Sequence[ast.cmpop]) -> bool:
        values = [self.value(side) for side in sides]
        return all(
            _compare(op, one, other)
            for op, one, other in zip(ops, values, values[1:], strict=False)
        )

    def _call(self, name: str, args: Sequence[ast.expr]) -> Value:
        match name:
            case "abs":
                return abs(self.number(args[0]))
            case "round":
                unit = Decimal(1).scaleb(-read_constant(args[1]))
                return self.number(args[0]).quantize(unit, ROUND_HALF_UP)
            case "sum":
                assert isinstance(args[0], ast.Attribute)
                return self._sum(args[0].attr)
            case "len" if isinstance(args[0], ast.Name) and args[0].id == LINES:
                return Decimal(len(self.lines))
            case "len":
                return Decimal(len(str(self.value(args[0]))))
        first = self.value(args[0])
        if name == "date":
            day = to_date(first)
            assert day is not None
            return day
        second = self.value(args[1])
        if name == "days":
            assert isinstance(first, date)
            assert isinstance(second, date)
            return Decimal((second - first).days)
        return patterns.matches(str(second), str(first))

    def _sum(self, column: str) -> Decimal:
        cells = [line.get(column) for line in self.lines]
        if not cells:
            raise Missing
        return sum((_to_number(cell or "") for cell in cells), Decimal(0))


def _to_number(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except decimal.InvalidOperation:
        raise Missing from None
    if not number.is_finite():
        raise Missing
    return number


def _calculate(op: ast.operator, one: Decimal, other: Decimal) -> Decimal:
    match op:
        case ast.Add():
            return one + other
        case ast.Sub():
            return one - other
        case ast.Mult():
            return one * other
    return one / other


def _compare(op: ast.cmpop, one: Value, other: Value) -> bool:
    if isinstance(op, ast.Eq | ast.NotEq):
        return (one == other) == isinstance(op, ast.Eq)
    if isinstance(one, Decimal) and isinstance(other, Decimal):
        return _order(op, (one > other) - (one < other))
    assert isinstance(one, date)
    assert isinstance(other, date)
    return _order(op, (one > other) - (one < other))


def _order(op: ast.cmpop, sign: int) -> bool:
    match op:
        case ast.Lt():
            return sign < 0
        case ast.LtE():
            return sign <= 0
        case ast.Gt():
            return sign > 0
    return sign >= 0
