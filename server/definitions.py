"""Document types as clients write them: JSON or YAML in, a checked type or clear problems out."""

from __future__ import annotations

import json
from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from extractors.types.faults import Fault, find_faults
from models import doctype as forms
from models.doctype import DocumentType
from models.errors import InvalidRequest, RequestTooLarge

MAX_BYTES = 64 * 1024
MAX_SHOWN = 50
"""Problems in one answer."""

RULES = (
    forms.SumRule, forms.LineSumRule, forms.LineProductRule, forms.OrderRule, forms.DifferRule,
    forms.ExpressionRule,
)  # fmt: skip
TAGS = {"sum", "line_sum", "line_product", "order", "differ", "expression"}
PARTS = (DocumentType, forms.FieldSpec, forms.Form, forms.Zone, *RULES)
MEMBERS = sorted({name for part in PARTS for name in part.model_fields})
ADVICE = {
    "string_type": "Write this as text, in quotes.",
    "string_unicode": "Write this as text, in quotes.",
    "dict_type": "Write this as an object with members.",
    "model_type": "Write this as an object with members.",
    "tuple_type": "Write this as a list.",
    "string_pattern_mismatch": "Use small letters, digits and _, and begin with a letter.",
    "union_tag_not_found": f"Say which rule this is: `rule` is one of {', '.join(sorted(TAGS))}.",
    "union_tag_invalid": f"`rule` is one of {', '.join(sorted(TAGS))}.",
}


def read_definition(
    body: bytes, media_type: str, name: str | None
) -> tuple[DocumentType, int | None]:
    """The type in a request's body, and the version that the body says it was made from.

    `name` is the type's name where the address has it. InvalidRequest lists what is wrong, each
    problem with its place.
    """
    data = _load(body, media_type)
    version = data.pop("version", None)
    if version is not None and (type(version) is not int or version < 1):
        raise refuse([Fault("version", "Leave it out, or give the number that you got.")])
    if name is not None and data.setdefault("name", name) != name:
        raise refuse([Fault("name", f"The address says {name}: use one of the two names.")])
    try:
        doctype = DocumentType.model_validate({**data, "version": 1})
    except ValidationError as error:
        raise refuse(_translate(error)) from None
    if faults := find_faults(doctype):
        raise refuse(faults)
    return doctype, version


def _load(body: bytes, media_type: str) -> dict[str, Any]:
    if len(body) > MAX_BYTES:
        raise RequestTooLarge(f"A document type has at most {MAX_BYTES // 1024} KB.")
    try:
        text = body.decode()
        if "json" in media_type:
            data = json.loads(text)
        elif "yaml" in media_type:
            data = _load_yaml(text)
        else:
            raise InvalidRequest(
                "Say what this is: Content-Type application/json or application/yaml."
            )
    except UnicodeDecodeError:
        raise InvalidRequest("A document type is written in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise InvalidRequest(
            f"This is no JSON: {error.msg} in line {error.lineno}, column {error.colno}."
        ) from None
    except yaml.YAMLError as error:
        raise InvalidRequest(f"This is no YAML{_where(error)}: mind quotes and indents.") from None
    except (ValueError, RecursionError):  # numbers of thousands of digits, a thousand brackets
        raise InvalidRequest("This is not the data of a document type.") from None
    if not isinstance(data, dict):
        raise InvalidRequest("A document type is an object with name, label, fields and so on.")
    return data


def _load_yaml(text: str) -> Any:
    # A few aliases of aliases stand for more data than any memory holds.
    if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, yaml.SafeLoader)):
        raise InvalidRequest("Write everything out: aliases (*name) are not taken.")
    return yaml.safe_load(text)


def _where(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""


# -- problems -------------------------------------------------------------------------------------


def refuse(faults: Sequence[Fault]) -> InvalidRequest:
    found = list({(fault.place, fault.message): fault for fault in faults}.values())[:MAX_SHOWN]
    more = f" There are {len(found)} problems: see errors." if len(found) > 1 else ""
    return InvalidRequest(
        f"This document type cannot be used. {found[0].place}: {found[0].message}{more}",
        errors=[{"field": fault.place, "message": fault.message} for fault in found],
    )


def _translate(error: ValidationError) -> list[Fault]:
    """pydantic's errors with their places in the body and what to do about them."""
    return [
        Fault(".".join(_place(entry)), _advise(entry))
        for entry in error.errors(include_url=False, include_input=False)
    ]


def _place(entry: ErrorDetails) -> list[str]:
    place = [str(part) for part in entry["loc"]]
    if place[:1] == ["rules"] and len(place) > 2 and place[2] in TAGS:
        del place[2]  # which of the rules it is: no part of the body
    if place[:1] == ["business_key"]:
        return place[:2]  # nor are the two ways to write a part
    return place


def _advise(entry: ErrorDetails) -> str:
    kind, place = entry["type"], [str(part) for part in entry["loc"]]
    last = place[-1] if place else ""
    if place[:1] == ["business_key"]:
        return "Give names of fields, or lists of names of which the first with a value counts."
    match kind:
        case "missing":
            return f"Add {last}."
        case "extra_forbidden":
            near = get_close_matches(last, MEMBERS, 1)
            return f"There is no {last[:60]} here." + (f" Is it {near[0]}?" if near else "")
        case "literal_error" if last == "mode":
            return "People confirm fields; there is no other way of keying: leave mode out."
        case "literal_error":
            return f"Use one of {entry.get('ctx', {}).get('expected', '')}."
        case "string_pattern_mismatch" if last == "[key]":
            return "A language is two small letters, such as it or en."
    return ADVICE.get(kind, f"{entry['msg'].removeprefix('Value error, ')}.")
