"""The OpenAPI document is valid, tells every field with its unit, and answers are as it says."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

import pytest
from openapi_schema_validator import OAS31Validator
from openapi_spec_validator import validate

from tests.collector.api.served import Client, Plant
from tests.collector.api.test_routes import NEEDED, OPEN, ROUTES, _at

QUANTITY = re.compile(r"(kwh|kvarh|kw|kg|co2|gj|kl|coverage|missing|share|gap|per_kwh|price)$")


@pytest.fixture(scope="module")
def document(client: Client) -> dict[str, Any]:
    """The document as the server gives it."""
    found: dict[str, Any] = client.get("/openapi.json").json()
    return found


def test_it_is_a_valid_openapi_document(document: dict[str, Any]) -> None:
    """By the specification's own schema, 3.1."""
    validate(document)
    assert document["openapi"].startswith("3.1")


def test_every_path_is_in_it(document: dict[str, Any]) -> None:
    """All but the document itself and its page."""
    assert set(document["paths"]) == set(ROUTES) - {"/openapi.json", "/docs"}


def test_every_path_but_health_wants_a_token(document: dict[str, Any]) -> None:
    """And says so."""
    for path, methods in document["paths"].items():
        assert ("security" in methods["get"]) == (path not in OPEN), path


def test_every_parameter_and_every_field_says_what_it_is(document: dict[str, Any]) -> None:
    """No name stands alone; what is a quantity has its unit in brackets or in words."""
    for path, methods in document["paths"].items():
        for parameter in methods["get"].get("parameters", ()):
            assert parameter["description"], (path, parameter["name"])
        schema = methods["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        for name, field in _fields(schema):
            assert field.get("description"), (path, name)
            if QUANTITY.search(name) and "number" in str(field["type"]):
                assert re.search(r"\(.+\)", field["description"]), (path, name)


def test_answers_are_as_the_document_says(document: dict[str, Any], client: Client) -> None:
    """Every route's answer fits its schema, and has no field that is not told."""
    for route in set(ROUTES) - {"/openapi.json", "/docs"}:
        operation = document["paths"][route]["get"]
        schema = operation["responses"]["200"]["content"]["application/json"]["schema"]
        answer = client.get(_at(route), params=NEEDED.get(route)).json()
        OAS31Validator(schema).validate(answer)
        _all_told(schema, answer, route)


def test_problems_are_as_the_document_says(document: dict[str, Any], client: Client) -> None:
    """The one shape of all of them."""
    schema = document["components"]["schemas"]["Problem"]
    OAS31Validator(schema).validate(client.get("/v1/sites/none").json())
    assert "422" not in str(document["paths"])


def test_no_secret_and_no_plant_stands_in_it(document: dict[str, Any], plant: Plant) -> None:
    """It is open to everyone."""
    text = str(document)
    assert "osaka" not in text
    assert "仙台工場2" not in text
    assert plant.client().get("/openapi.json").status_code == 200


class _Loads(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the page would fetch."""
        self.tags.add(tag)
        self.loads += [text or "" for name, text in attrs if name in ("src", "href", "action")]


def test_the_page_of_it_loads_nothing_and_runs_nothing(client: Client) -> None:
    """Every path is on it; the policy forbids what the page does not do."""
    answer = client.get("/docs")
    page = _Loads()
    page.feed(answer.text)
    assert page.loads == ["openapi.json"], "the one link stays on this server"
    assert not {"script", "img", "iframe", "link", "object"} & page.tags
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert all(route in answer.text for route in set(ROUTES) - {"/openapi.json", "/docs"})


def _fields(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for name, field in schema.get("properties", {}).items():
        yield name, field
        yield from _fields(field.get("items", field))


def _all_told(schema: Mapping[str, Any], value: object, where: str) -> None:
    if isinstance(value, list):
        for item in value:
            _all_told(schema.get("items", {}), item, where)
    if isinstance(value, dict):
        for name, inner in value.items():
            assert name in schema.get("properties", {}), (where, name)
            _all_told(schema["properties"][name], inner, where)
