"""The description of the API as it is committed, and the pages made from it."""

import os
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema_rs
from django.test import Client
from django.urls import reverse
from lxml import html

from goldenthread.config.api import description
from goldenthread.core.api.types import Filter, Input, Output
from goldenthread.interchange.api_docs import Reader
from tests.cast import Cast, signed_in

SNAPSHOT = Path(__file__).parent.parent.parent / "docs" / "reference" / "openapi.json"


def test_the_committed_description_is_current(client: Client, db: None) -> None:
    """After an intended change run this with `OPENAPI=write` and commit docs/reference/openapi.json."""
    told = client.get("/api/openapi.json").content.decode() + "\n"
    if os.environ.get("OPENAPI") == "write":
        SNAPSHOT.write_text(told)
    assert SNAPSHOT.read_text() == told, "run again with OPENAPI=write if that is intended"


def test_it_is_openapi_3_1_and_complete() -> None:
    schema = description()
    assert schema["openapi"] == "3.1.0"
    for ref in _refs(schema):
        _, components, kind, name = ref.split("/")
        assert name in schema[components][kind], ref
    for path, methods in schema["paths"].items():
        for method, one in methods.items():
            assert one["summary"], (path, method)
            assert {"401", "403", "429"} <= one["responses"].keys()


def _refs(schema: Any) -> list[str]:
    if isinstance(schema, dict):
        own = [schema["$ref"]] if "$ref" in schema else []
        return own + [ref for value in schema.values() for ref in _refs(value)]
    if isinstance(schema, list):
        return [ref for value in schema for ref in _refs(value)]
    return []


def test_no_two_shapes_have_one_name() -> None:
    """In the description they would be one."""

    def below(model: type[Any]) -> set[type[Any]]:
        direct = {one for one in model.__subclasses__() if "[" not in one.__name__}
        return direct | {deeper for one in direct for deeper in below(one)}

    names = Counter(one.__name__ for model in (Input, Output, Filter) for one in below(model))
    assert [name for name, count in names.items() if count > 1] == []


def test_the_pages_tell_of_every_operation(cast: Cast, client: Client) -> None:
    signed_in(client, cast.flo)
    index = html.fromstring(client.get(reverse("api-docs")).content)
    rooms = {link.get("href") for link in index.xpath("//main//h3/a")}
    told = set()
    for room in rooms:
        page = html.fromstring(client.get(room).content)
        told |= set(page.xpath("//main//h2/@id")) - {"shapes"}
        for anchor in page.xpath("//main//a[starts-with(@href, '#')]/@href"):
            assert page.xpath(f"//*[@id='{anchor[1:]}']"), (room, anchor)
    ids = {
        one["operationId"]
        for methods in description()["paths"].values()
        for one in methods.values()
    }
    assert ids <= told
    for status in ("401", "403", "404", "409", "412", "422", "428", "429"):
        assert index.xpath(f"//*[@id='error-{status}']"), status


def test_the_example_of_each_body_is_one_that_its_operation_takes() -> None:
    schema = description()
    reader = Reader(schema, "https://thread.example")
    for methods in schema["paths"].values():
        for one in methods.values():
            media = one.get("requestBody", {}).get("content", {}).get("application/json")
            if media is not None:
                whole = media["schema"] | {"components": schema["components"]}
                jsonschema_rs.validator_for(whole).validate(reader.example(media["schema"]))
