"""No request, however strange, is answered with a fault of ours."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.app import list_routes
from tests.server.conftest import Running

ROUTES = {
    (route.operation_id or "", method): route.path
    for route in list_routes()
    for method in route.methods or ()
    # What these make would be in the way of the other tests, or waits.
    if route.operation_id not in {"revokeKey", "logIn", "createKey", "createUser"}
}
TEXTS = st.text(st.characters(codec=None), max_size=50)
SCALARS = st.one_of(
    TEXTS,
    st.integers(),
    st.floats(),
    st.booleans(),
    st.none(),
    st.sampled_from(["invoice", "open"]),
)
NAMES = st.sampled_from(
    ["name", "count", "batch_id", "value", "force", "seconds", "line", "document_type", "priority",
     "deadline", "external_id", "client_id", "reason", "keystrokes", "surprise"]
)  # fmt: skip
QUERY = st.dictionaries(
    st.sampled_from(
        ["limit", "cursor", "status", "batch_id", "external_id", "client_id", "after", "filename"]
    ),
    st.one_of(st.text(max_size=30), st.integers().map(str)),
    max_size=3,
)
HEADERS = st.dictionaries(
    st.sampled_from(["If-Match", "Idempotency-Key", "If-None-Match", "X-Request-Id"]),
    st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=30),
)
PATHS = st.text(
    st.characters(blacklist_characters="/?#.", min_codepoint=32, max_codepoint=0x2FFF), min_size=1
)


@pytest.mark.parametrize("role", ["admin", "client"])
@settings(
    max_examples=150,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.sampled_from(sorted(ROUTES)), PATHS, st.dictionaries(NAMES, SCALARS, max_size=5), QUERY,
    HEADERS,
)  # fmt: skip
def test_no_request_breaks_the_server(
    server: Running,
    role: str,
    operation: tuple[str, str],
    id: str,
    body: dict[str, Any],
    query: dict[str, str],
    headers: dict[str, str],
) -> None:
    method = operation[1]
    path = ROUTES[operation]
    for name in ("{id}", "{name}", "{number}"):
        path = path.replace(name, quote(id, safe=""))
    answer = server[role].request(
        method,
        path,
        params=query,
        headers={**headers, "Content-Type": "application/json"},
        content=b"" if method == "GET" else json.dumps(body).encode(),
    )
    assert answer.status_code < 500, (path, answer.text)
