"""The pages that tell how the API is used, made from its description, so that they never lag behind it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.views.decorators.http import require_GET

from goldenthread.people.access import PersonRequest, signed_in

Description = Callable[[], Mapping[str, Any]]
EXAMPLES: Mapping[str, Any] = {
    "name": "Fleet",
    "title": "Trains leave on time",
    "email": "ivo@example.com",
    "sort": "name",
    "kind": "people",
}
DAY = "2026-06-30"


def marked(text: str) -> SafeString:
    """The text with what stands in backticks as code."""
    parts = text.split("`")
    words = (
        format_html("<code>{}</code>", part) if place % 2 else format_html("{}", part)
        for place, part in enumerate(parts)
    )
    return format_html_join("", "{}", ((one,) for one in words))


@dataclass(frozen=True)
class Field:
    """A parameter, or a field of a body or an answer."""

    name: str
    kind: str
    required: bool
    about: str
    where: str = ""


@dataclass(frozen=True)
class Shape:
    """What is sent or answered, field by field."""

    name: str
    about: str
    fields: Sequence[Field]

    @property
    def anchor(self) -> str:
        return f"shape-{self.name}"


@dataclass(frozen=True)
class Told:
    """One answer of an operation."""

    status: str
    about: str
    shape: str
    is_error: bool


@dataclass(frozen=True)
class Operation:
    """One operation as its reader meets it."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    parameters: Sequence[Field]
    body: Shape | None
    answers: Sequence[Told]
    curl: str


@dataclass(frozen=True)
class Noun:
    """The operations of one noun, and the shapes that they speak in."""

    name: str
    operations: Sequence[Operation]
    shapes: Sequence[Shape]

    @property
    def slug(self) -> str:
        return slugify(self.name)


class Reader:
    """Reads the description. `site` is the address of this installation, for the examples."""

    def __init__(self, schema: Mapping[str, Any], site: str) -> None:
        self.schema = schema
        self.site = site
        self.schemas: Mapping[str, Any] = schema["components"]["schemas"]

    @cached_property
    def nouns(self) -> list[Noun]:
        found: dict[str, list[Operation]] = {}
        used: dict[str, list[str]] = {}
        for path, methods in self.schema["paths"].items():
            for method, one in methods.items():
                tag = one["tags"][0]
                found.setdefault(tag, []).append(self._operation(path, method.upper(), one))
                used.setdefault(tag, []).extend(self._refs(one))
        return [
            Noun(tag, operations, [self._shape(name) for name in self._spoken(used[tag])])
            for tag, operations in found.items()
        ]

    @property
    def errors(self) -> list[tuple[str, str]]:
        """Each status that refuses, with what it means."""
        rows = {
            ref["$ref"].rsplit("/", 1)[-1]: status
            for methods in self.schema["paths"].values()
            for one in methods.values()
            for status, ref in one["responses"].items()
            if "$ref" in ref
        }
        told = self.schema["components"]["responses"]
        found = [(rows[name], marked(told[name]["description"])) for name in rows]
        return sorted(row for row in found if row[0] >= "400")

    def _operation(self, path: str, method: str, one: Mapping[str, Any]) -> Operation:
        body = None
        example: Any = None
        media = ""
        if sent := one.get("requestBody"):
            media, content = next(iter(sent["content"].items()))
            body = self._body(content["schema"])
            example = self.example(content["schema"])
        answers = [self._told(status, told) for status, told in one["responses"].items()]
        return Operation(
            id=one["operationId"],
            method=method,
            path=path,
            summary=one["summary"],
            about=marked(one.get("description", "")),
            parameters=[
                Field(
                    each["name"],
                    self._kind(each["schema"]),
                    each["required"],
                    marked(each.get("description", "")),
                    {"path": "address", "query": "address", "header": "header"}[each["in"]],
                )
                for each in one["parameters"]
            ],
            body=body,
            answers=answers,
            curl=self._curl(path, method, one, media, example),
        )

    def _told(self, status: str, told: Mapping[str, Any]) -> Told:
        if "$ref" in told:
            told = self.schema["components"]["responses"][told["$ref"].rsplit("/", 1)[-1]]
        content: Mapping[str, Any] = next(iter(told.get("content", {}).values()), {})
        shape = content.get("schema", {}).get("$ref", "").rsplit("/", 1)[-1]
        return Told(status, marked(told["description"]), shape, status >= "400")

    def _body(self, schema: Mapping[str, Any]) -> Shape:
        if "$ref" in schema:
            return self._shape(schema["$ref"].rsplit("/", 1)[-1])
        return Shape("", "", self._fields(schema))

    def _shape(self, name: str) -> Shape:
        schema = self.schemas[name]
        return Shape(name, marked(schema.get("description", "")), self._fields(schema))

    def _fields(self, schema: Mapping[str, Any]) -> list[Field]:
        required = schema.get("required", [])
        return [
            Field(name, self._kind(one), name in required, marked(one.get("description", "")))
            for name, one in schema.get("properties", {}).items()
        ]

    def _kind(self, schema: Mapping[str, Any]) -> str:
        """A type in words."""
        if "$ref" in schema:
            return str(schema["$ref"].rsplit("/", 1)[-1])
        if "allOf" in schema:
            return self._kind(schema["allOf"][0])
        if "anyOf" in schema:
            return " or ".join(dict.fromkeys(self._kind(one) for one in schema["anyOf"]))
        if "enum" in schema:
            return ", ".join(str(one) or "“”" for one in schema["enum"])
        if "const" in schema:
            return str(schema["const"])
        if schema.get("type") == "array":
            return f"list of {self._kind(schema.get('items', {}))}"
        words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
        kind = {"date": "day", "date-time": "moment", "binary": "file"}.get(
            schema.get("format", ""), words.get(schema.get("type", ""), schema.get("type", "any"))
        )
        if "maxLength" in schema:
            kind += f", at most {schema['maxLength']:,} characters"
        if "maximum" in schema and schema["maximum"] < 10**12:
            kind += f", {schema.get('minimum', 0):,} to {schema['maximum']:,}"
        return str(kind)

    def example(self, schema: Mapping[str, Any], name: str = "") -> Any:
        """A value that such a field takes: of a body what it needs, or its first field."""
        if "$ref" in schema:
            return self.example(self.schemas[schema["$ref"].rsplit("/", 1)[-1]], name)
        for several in ("allOf", "anyOf"):
            if several in schema:
                return self.example(schema[several][0], name)
        if "enum" in schema:
            return schema["enum"][0]
        if "properties" in schema:
            fields = schema["properties"]
            chosen = schema.get("required") or list(fields)[:1]
            return {one: self.example(fields[one], one) for one in chosen}
        if schema.get("type") == "array":
            return [self.example(schema.get("items", {}), name)]
        if schema.get("format") == "date":
            return DAY
        samples = {"integer": 1, "number": 12.5, "boolean": True, "object": {}}
        return EXAMPLES.get(name, samples.get(schema.get("type", ""), "…"))

    def _curl(
        self, path: str, method: str, one: Mapping[str, Any], media: str, example: Any
    ) -> str:
        for each in one["parameters"]:
            if each["in"] == "path":
                path = path.replace(f"{{{each['name']}}}", "1")
        parts = ['curl -H "Authorization: Bearer $TOKEN"']
        if any(each["name"] == "If-Match" for each in one["parameters"]):
            parts.append("""-H 'If-Match: "1"'""")
        if any(each["name"] == "Idempotency-Key" for each in one["parameters"]):
            parts.append('-H "Idempotency-Key: $(uuidgen)"')
        if media == "multipart/form-data":
            parts.append("-F file=@people.csv")
        elif media:
            words = json.dumps(example, ensure_ascii=False)
            parts += ["-H 'Content-Type: application/json'", f"-d '{words}'"]
        if method not in {"GET", "POST"} or (method == "POST" and not media):
            parts.insert(1, f"-X {method}")
        return " \\\n  ".join([*parts, f"{self.site}{path}"])

    def _refs(self, schema: Any) -> list[str]:
        """The shapes that something refers to."""
        if isinstance(schema, Mapping):
            own = [schema["$ref"].rsplit("/", 1)[-1]] if "$ref" in schema else []
            return own + [name for value in schema.values() for name in self._refs(value)]
        if isinstance(schema, list):
            return [name for value in schema for name in self._refs(value)]
        return []

    def _spoken(self, names: Sequence[str]) -> list[str]:
        """These shapes and those within them, each once."""
        found: dict[str, None] = {}
        waiting = [name for name in names if name in self.schemas]
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting += self._refs(self.schemas[name])
        return sorted(found)


def _reader(request: PersonRequest, description: Description) -> Reader:
    return _read(description, request.build_absolute_uri("/").rstrip("/"))


@lru_cache(maxsize=8)
def _read(description: Description, site: str) -> Reader:
    """The same for everybody as long as the server runs; one for each of its hosts."""
    return Reader(description(), site)


@require_GET
@signed_in
def api_docs(request: PersonRequest, description: Description) -> HttpResponse:
    """How a program gets in, what all operations share, and what there is."""
    reader = _reader(request, description)
    context = {
        "nouns": reader.nouns,
        "errors": reader.errors,
        "site": reader.site,
        "count": sum(len(noun.operations) for noun in reader.nouns),
    }
    return render(request, "interchange/api_docs.html", context)


@require_GET
@signed_in
def api_docs_room(request: PersonRequest, slug: str, description: Description) -> HttpResponse:
    """The operations of one noun."""
    nouns = _reader(request, description).nouns
    noun = next((one for one in nouns if one.slug == slug), None)
    if noun is None:
        raise Http404
    return render(request, "interchange/api_docs_room.html", {"noun": noun, "nouns": nouns})
