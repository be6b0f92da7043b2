"""Patterns that clients write: a part of the usual regular expressions, matched in linear time.

Python's `re` backtracks, so that a short pattern can keep it busy for hours. Here all ways to
match advance together, one character at a time (Thompson, "Regular expression search algorithm",
1968): the time is at most proportional to the lengths of pattern and text, whatever they are.

There are characters, `.`, `[a-z]`, `[^0-9]`, `\\d \\w \\s` and their capitals, `( )`, `|`,
`* + ? {2} {2,} {2,4}`; `^` and `$` only around the whole. A pattern matches the whole value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

MAX_PATTERN = 500  # characters
MAX_STEPS = 400  # of the compiled pattern
MAX_DEPTH = 20  # of brackets
MAX_TEXT = 1000  # characters; a longer text matches no pattern
MAX_FOUND = 20

Test = Callable[[str], bool]

_CATEGORIES: dict[str, Test] = {
    "d": str.isdecimal,
    "w": lambda char: char.isalnum() or char == "_",
    "s": str.isspace,
}
_PLAIN_ESCAPES = {"t": "\t", "n": "\n", "r": "\r"}
_QUANTIFIER = re.compile(r"[*+?]|\{(\d{1,4})(?:(,)(\d{1,4})?)?\}", re.ASCII)


class PatternFault(ValueError):
    """A pattern that cannot be used; `position` counts characters from 0."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


@dataclass(frozen=True, slots=True)
class Eat:
    """Go on to the next step with a character that passes the test."""

    test: Test


@dataclass(frozen=True, slots=True)
class Fork:
    """Go on at each of these steps; at none: the pattern has matched."""

    targets: tuple[int, ...]


Program = tuple[Eat | Fork, ...]


@lru_cache(maxsize=256)
def read_pattern(text: str) -> Program:
    """The compiled pattern; PatternFault says what is wrong with it and where."""
    if len(text) > MAX_PATTERN:
        raise PatternFault(f"A pattern has at most {MAX_PATTERN} characters.", MAX_PATTERN)
    reader = _Reader(text)
    tree = reader.read()
    program: list[Eat | Fork] = []
    _emit(tree, program)
    program.append(Fork(()))
    return tuple(program)


def matches(pattern: str, text: str) -> bool:
    """Whether `pattern` matches the whole of `text`."""
    if len(text) > MAX_TEXT:
        return False
    program = read_pattern(pattern)
    done = len(program) - 1
    states = _enter(program, {0: 0})
    for char in text:
        states = _advance(program, states, char)
        if not states:
            return False
    return done in states


def find(pattern: str, text: str) -> Iterator[tuple[int, int]]:
    """Where `pattern` matches inside `text`: start and end of each, leftmost and longest first.

    Empty matches are left out; so is what begins after `MAX_TEXT` characters.
    """
    program = read_pattern(pattern)
    at = 0
    for _ in range(MAX_FOUND):
        found = _find_next(program, text[:MAX_TEXT], at)
        if found is None:
            return
        yield found
        at = found[1]


def _find_next(program: Program, text: str, at: int) -> tuple[int, int] | None:
    done = len(program) - 1
    found: tuple[int, int] | None = None
    states: dict[int, int] = {}
    for index in range(at, len(text)):
        if found is None:
            states = _enter(program, {**states, 0: min(index, states.get(0, index))})
        states = _advance(program, states, text[index])
        if found is not None:
            states = {step: start for step, start in states.items() if start <= found[0]}
        if done in states and (found is None or states[done] <= found[0]):
            found = (states[done], index + 1)
        if found is not None and not states:
            break
    return found


def _advance(program: Program, states: dict[int, int], char: str) -> dict[int, int]:
    """The steps after one more character, each with where its match began."""
    moved: dict[int, int] = {}
    for step, start in states.items():
        what = program[step]
        if isinstance(what, Eat) and what.test(char):
            moved[step + 1] = min(start, moved.get(step + 1, start))
    return _enter(program, moved)


def _enter(program: Program, states: dict[int, int]) -> dict[int, int]:
    """These steps and all that can be reached from them without a character."""
    reached: dict[int, int] = {}
    for first, start in sorted(states.items(), key=lambda item: item[1]):
        waiting = [first]
        while waiting:
            step = waiting.pop()
            if step in reached:
                continue
            reached[step] = start
            what = program[step]
            if isinstance(what, Fork):
                waiting.extend(what.targets)
    return reached


# -- reading --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Char:
    test: Test


@dataclass(frozen=True, slots=True)
class Row:
    """One after the other."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    options: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`most` None: any number of times."""

    part: Node
    least: int
    most: int | None


Node = Char | Row | Either | Repeat


@dataclass(slots=True)
class _Reader:
    text: str
    at: int = 0
    depth: int = 0

    def read(self) -> Node:
        if self._peek() == "^":
            self.at += 1
        tree = self._either()
        if self._peek() == "$" and self.at == len(self.text) - 1:
            self.at += 1
        if self.at < len(self.text):
            raise self._fault(self._misplaced())
        return tree

    def _misplaced(self) -> str:
        char = self.text[self.at]
        if char in "^$":
            return (
                f"{char} stands only at the {'beginning' if char == '^' else 'end'} of a pattern."
            )
        return f"There is nothing that this {char} belongs to: write \\{char} for the character."

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _fault(self, message: str, at: int | None = None) -> PatternFault:
        return PatternFault(message, self.at if at is None else at)

    def _either(self) -> Node:
        options = [self._row()]
        while self._peek() == "|":
            self.at += 1
            options.append(self._row())
        return options[0] if len(options) == 1 else Either(tuple(options))

    def _row(self) -> Node:
        parts: list[Node] = []
        while (char := self._peek()) and char not in "|)^$":
            parts.append(self._repeated(self._atom()))
        return Row(tuple(parts))

    def _repeated(self, part: Node) -> Node:
        found = _QUANTIFIER.match(self.text, self.at)
        if found is None:
            return part
        start, self.at = self.at, found.end()
        if self._peek() and self._peek() in "*+?{":
            raise self._fault("One part is repeated once only: put it in brackets.")
        if found[1] is None:
            return Repeat(part, int(found[0] == "+"), 1 if found[0] == "?" else None)
        least = int(found[1])
        most = int(found[3]) if found[3] else (None if found[2] else least)
        if most is not None and most < least:
            raise self._fault("The larger number comes second.", start)
        return Repeat(part, least, most)

    def _atom(self) -> Node:
        start, char = self.at, self._peek()
        self.at += 1
        match char:
            case "(":
                return self._group(start)
            case "[":
                return Char(self._set(start))
            case ".":
                return Char(lambda other: other != "\n")
            case "\\":
                return Char(self._escape())
            case "*" | "+" | "?" | "{":
                self.at = start
                raise self._fault(self._misplaced())
        return Char(char.__eq__)

    def _group(self, start: int) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._fault("There are too many brackets in brackets.", start)
        if self.text.startswith("?:", self.at):
            self.at += 2
        elif self._peek() == "?":
            raise self._fault("Brackets that begin with ? are not known, except (?: ).", start)
        inner = self._either()
        if self._peek() != ")":
            if self._peek():
                raise self._fault(self._misplaced())
            raise self._fault("This bracket is not closed.", start)
        self.at += 1
        self.depth -= 1
        return inner

    def _escape(self) -> Test:
        char = self._peek()
        if not char:
            raise self._fault("A pattern cannot end with \\.", self.at - 1)
        self.at += 1
        if (test := _CATEGORIES.get(char.lower())) and char.isascii():
            return test if char.islower() else lambda other: not test(other)
        if char in _PLAIN_ESCAPES:
            return _PLAIN_ESCAPES[char].__eq__
        if char.isalnum() or char == "_":
            raise self._fault(f"\\{char} is not known: there are \\d, \\w and \\s.", self.at - 2)
        return char.__eq__

    def _set(self, start: int) -> Test:
        negated = self._peek() == "^"
        self.at += negated
        tests: list[Test] = []
        while True:
            char = self._peek()
            if not char:
                raise self._fault("This [ is not closed.", start)
            if char == "]" and tests:
                self.at += 1
                break
            tests.append(self._member())
        if negated:
            return lambda other: not any(test(other) for test in tests)
        return lambda other: any(test(other) for test in tests)

    def _member(self) -> Test:
        start = self.at
        low = self._member_char()
        if self._peek() != "-" or self.text[self.at + 1 : self.at + 2] in ("]", ""):
            return low if callable(low) else low.__eq__
        self.at += 1
        high = self._member_char()
        if callable(low) or callable(high) or high < low:
            raise self._fault("This is no range of characters: the smaller comes first.", start)
        first, last = low, high
        return lambda other: first <= other <= last

    def _member_char(self) -> str | Test:
        char = self._peek()
        self.at += 1
        if char != "\\":
            return char
        escaped = self._peek()
        test = self._escape()
        if escaped.lower() in _CATEGORIES:
            return test
        return _PLAIN_ESCAPES.get(escaped, escaped)


def _emit(node: Node, program: list[Eat | Fork]) -> None:
    if len(program) > MAX_STEPS:
        raise PatternFault("This pattern is too large: use smaller numbers of repetitions.", 0)
    match node:
        case Char(test=test):
            program.append(Eat(test))
        case Row(parts=parts):
            for part in parts:
                _emit(part, program)
        case Either(options=options):
            _emit_either(options, program)
        case Repeat(part=part, least=least, most=most):
            for _ in range(least):
                before = len(program)
                _emit(part, program)
                if len(program) == before:  # nothing, however often, is nothing
                    break
            if most is None:
                _emit_any(part, program)
            else:
                for _ in range(most - least):
                    _emit_maybe(part, program)


def _emit_either(options: tuple[Node, ...], program: list[Eat | Fork]) -> None:
    at = len(program)
    program.append(Fork(()))
    starts, ends = [], []
    for option in options:
        starts.append(len(program))
        _emit(option, program)
        ends.append(len(program))
        program.append(Fork(()))
    program[at] = Fork(tuple(starts))
    for end in ends:
        program[end] = Fork((len(program),))


def _emit_any(part: Node, program: list[Eat | Fork]) -> None:
    at = len(program)
    program.append(Fork(()))
    _emit(part, program)
    program.append(Fork((at,)))
    program[at] = Fork((at + 1, len(program)))


def _emit_maybe(part: Node, program: list[Eat | Fork]) -> None:
    at = len(program)
    program.append(Fork(()))
    _emit(part, program)
    program[at] = Fork((at + 1, len(program)))
