"""XML as a tree of plain local names, from bytes that nobody vouches for.

No document type declaration is let in, so there are no entities to expand and nothing to fetch.
The prefixes and namespace versions in use vary; the local names do not.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement
from xml.parsers import expat

from models.errors import DamagedFile, FileTooComplex, UnsafeXml

MAX_DEPTH = 100  # the standards nest less than 20 deep
MAX_ELEMENTS = 500_000
MAX_TEXT = 100_000  # characters of one element
# Copies of paper and other files, base64: they are in the original and not looked at here.
SKIPPED = {"Attachment", "EmbeddedDocumentBinaryObject", "AttachmentBinaryObject", "Signature"}
BROKEN = "The XML is not well-formed. Export the invoice again and upload the new file."
UNSAFE = (
    "The XML has a DOCTYPE, which an e-invoice never has and which is refused for safety. Export "
    "the invoice again without it."
)
TOO_COMPLEX = "The XML is larger or nested deeper than any invoice: check what was exported."


@dataclass
class Builder:
    """What the parser tells, as a tree; SKIPPED elements stay in it without their content."""

    namespace: str = ""
    root: Element | None = None
    _open: list[Element] = field(default_factory=list)
    _texts: list[list[str]] = field(default_factory=list)
    _skipping: int = 0
    _depth: int = 0
    _count: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        self._count += 1
        if self._depth > MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise FileTooComplex(TOO_COMPLEX)
        if self._skipping:
            self._skipping += 1
            return
        namespace, _, name = tag.rpartition("}")
        plain = {key.rpartition("}")[2]: value for key, value in attributes.items()}
        if self._open:
            made = SubElement(self._open[-1], name, plain)
        else:
            made = self.root = Element(name, plain)
            self.namespace = namespace
        if name in SKIPPED:
            self._skipping = 1
            return
        self._open.append(made)
        self._texts.append([])

    def end(self, _tag: str) -> None:
        self._depth -= 1
        if self._skipping:
            self._skipping -= 1
            return
        self._open.pop().text = "".join(self._texts.pop())[:MAX_TEXT]

    def data(self, text: str) -> None:
        # Before a first child only: the standards know no mixed content.
        if not self._skipping and self._open and len(self._open[-1]) == 0:
            self._texts[-1].append(text)

    def refuse(self, *_: object) -> None:
        raise UnsafeXml(UNSAFE)


def parse(data: bytes) -> tuple[str, Element]:
    """The root's namespace and the tree. UnsafeXml, FileTooComplex, DamagedFile."""
    builder = Builder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = builder.refuse
    parser.EntityDeclHandler = builder.refuse
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, LookupError, ValueError) as error:  # also an encoding unknown here
        raise DamagedFile(BROKEN) from error
    if builder.root is None:
        raise DamagedFile(BROKEN)
    return builder.namespace, builder.root


def text(node: Element | None, path: str = ".") -> str:
    """The text at `path` under `node`, spaces collapsed; empty when there is none."""
    found = node.find(path) if node is not None else None
    return " ".join((found.text or "").split()) if found is not None else ""


def children(node: Element | None, path: str) -> Iterator[Element]:
    """Each element at `path`; none under no node."""
    return node.iterfind(path) if node is not None else iter(())


def texts(node: Element | None, path: str) -> Iterator[str]:
    """Each text at `path`, the empty ones left out."""
    for found in children(node, path):
        if (content := text(found)) != "":
            yield content
