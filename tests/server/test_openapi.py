"""The OpenAPI document is complete, and says what the server does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.routing import APIRoute
from pydantic import TypeAdapter

from server.app import list_routes
from tests.server.conftest import Running

ROUTES = {route.operation_id or route.path: route for route in list_routes()}
PUBLIC = {"logIn", "getHealth", "getReadiness"}


def has_body(route: APIRoute) -> bool:
    return route.body_field is not None or bool(route.openapi_extra)


WITH_BODY = [name for name, route in ROUTES.items() if has_body(route)]


@pytest.fixture(scope="module")
def document(server: Running) -> dict[str, Any]:
    answer = server.open().get("/openapi.json")
    assert answer.status_code == 200
    return dict(answer.json())


def find(document: dict[str, Any], name: str) -> dict[str, Any]:
    route = ROUTES[name]
    method = next(iter(route.methods or ())).lower()
    return dict(document["paths"][route.path][method])


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1")
    assert len(document["paths"]) == len({route.path for route in ROUTES.values()})


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    names = set(re.findall(r"#/components/schemas/([^\"']+)", str(document)))
    assert names <= schemas.keys()
    assert schemas.keys() - names == set()


def test_operation_ids_are_unique(document: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(set(ids)) == len(ids)


def test_path_parameters_are_described(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        given = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "path"}
        assert given == set(re.findall(r"{(\w+)}", path))


@pytest.mark.parametrize("name", ROUTES)
def test_an_operation_is_described(document: dict[str, Any], name: str) -> None:
    operation = find(document, name)
    assert operation["summary"]
    assert operation["tags"]
    assert bool(operation.get("security")) == (name not in PUBLIC)


@pytest.mark.parametrize("name", ROUTES)
def test_success_has_an_example(document: dict[str, Any], name: str) -> None:
    responses = find(document, name)["responses"]
    good = [response for status, response in responses.items() if status in ("200", "201", "204")]
    assert len(good) == 1
    for content in good[0].get("content", {}).values():
        assert "example" in content


@pytest.mark.parametrize("name", [n for n, route in ROUTES.items() if route.response_model])
def test_an_example_is_one_of_its_schema(name: str) -> None:
    route = ROUTES[name]
    responses = [r for status, r in route.responses.items() if status in (200, 201)]
    for response in responses:
        example = response["content"]["application/json"]["example"]
        TypeAdapter(route.response_model).validate_python(example, strict=False)


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_body_has_an_example(document: dict[str, Any], name: str) -> None:
    for content in find(document, name)["requestBody"]["content"].values():
        schema = content["schema"]
        if "$ref" in schema:
            schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        assert "example" in content or schema["examples"]


@pytest.mark.parametrize("name", ROUTES)
def test_every_error_is_a_problem_with_examples(document: dict[str, Any], name: str) -> None:
    responses = find(document, name)["responses"]
    errors = {status: r for status, r in responses.items() if status >= "400"}
    assert "500" in errors
    if name not in PUBLIC:
        assert errors.keys() >= {"401", "403", "422", "503"}
    for status, response in errors.items():
        content = response["content"]["application/problem+json"]
        assert content["schema"] == {"$ref": "#/components/schemas/Problem"}
        for code, example in content["examples"].items():
            assert example["value"]["code"] == code
            assert str(example["value"]["status"]) == status


@pytest.mark.parametrize("name", WITH_BODY)
def test_a_body_can_be_too_large(document: dict[str, Any], name: str) -> None:
    assert "413" in find(document, name)["responses"]


@pytest.mark.parametrize("name", [n for n, r in ROUTES.items() if "{" in r.path])
def test_what_is_named_may_not_be_there(document: dict[str, Any], name: str) -> None:
    assert "404" in find(document, name)["responses"]
