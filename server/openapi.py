"""The OpenAPI document, and a page that lists what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from server.problems import Problem

TITLE = "Scrivano"
DESCRIPTION = """\
Scans in, verified data out. A client opens a **batch**, uploads files and seals it; the server
reads the documents; people key what it is not sure of; the **release** holds the data, and the
**change feed** says when.

* Times are RFC 3339 in UTC. Ids are text and sort by time.
* Lists: `items` and `next`; pass `next` as `cursor` to go on.
* Every error is `application/problem+json` (RFC 9457) with a stable `code`.
* What belongs to another client is answered with 404.
* `Idempotency-Key` makes creating and uploading safe to repeat.
"""
TAGS = {
    "sessions": "People log in.",
    "types": "What can be read.",
    "references": "What values may be.",
    "forms": "Blank forms, on which fields have fixed places.",
    "memory": "What verified documents have taught.",
    "clients": "Tenants.",
    "users": "People.",
    "keys": "Credentials of programs.",
    "batches": "What is delivered together.",
    "documents": "One paper each: pages, words, fields.",
    "tasks": "Keying.",
    "sorting": "Where documents in a file begin, and what they are.",
    "releases": "The data.",
    "changes": "What happened.",
    "health": "For supervisors of the server.",
}


def describe_api(app: FastAPI, routes: Sequence[APIRoute]) -> dict[str, Any]:
    """The document; made once, then kept. `routes` are those whose examples it shows."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=TITLE,
            version=app.version,
            description=DESCRIPTION,
            routes=app.routes,
            tags=[{"name": name, "description": text} for name, text in TAGS.items()],
        )
        schemas = document["components"]["schemas"]
        schemas["Problem"] = Problem.model_json_schema()
        # Validation errors are problems like all others.
        for name in ("HTTPValidationError", "ValidationError"):
            schemas.pop(name, None)
        for route in routes:
            _restore_examples(document["paths"][route.path], route)
        app.openapi_schema = document
    return app.openapi_schema


def _restore_examples(path: dict[str, Any], route: APIRoute) -> None:
    """FastAPI drops each member that is null, also from examples."""
    for method in route.methods or ():
        described = path[method.lower()]["responses"]
        for status, response in route.responses.items():
            for media_type, content in response.get("content", {}).items():
                if "example" in content:
                    described[str(status)]["content"][media_type]["example"] = content["example"]


def list_operations(document: dict[str, Any]) -> str:
    """A plain page of all operations: it needs nothing from elsewhere."""
    rows: dict[str, list[str]] = {name: [] for name in TAGS}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            line = (
                f"<dt><code>{method.upper()} {escape(path)}</code></dt>"
                f"<dd>{escape(operation['summary'])}. "
                f"{escape(operation.get('description', ''))}</dd>"
            )
            rows[operation["tags"][0]].append(line)
    sections = "".join(
        f"<h2>{escape(name)}</h2><p>{escape(TAGS[name])}</p><dl>{''.join(lines)}</dl>"
        for name, lines in rows.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Scrivano API</title>'
        "<h1>Scrivano API</h1><p>Parameters, schemas and examples are in "
        f'<a href="/openapi.json">/openapi.json</a>.</p>{sections}</html>'
    )
