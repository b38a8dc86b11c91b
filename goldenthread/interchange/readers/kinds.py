"""The kinds of table that can be imported: their fields, the names columns go by, the mapping."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from goldenthread.interchange.readers.cells import DateOrder
from goldenthread.interchange.readers.limits import RefusedFile

FieldType = Literal["text", "email", "reference", "date", "decimal", "fte", "boolean", "choice"]


@dataclass(frozen=True)
class Field:
    """One thing that a row of a kind may say.

    ``refers_to`` names the kinds a reference points into; ``choices`` maps what people write to
    what it means; ``synonyms`` are the column names it is recognised by, normalised.
    """

    name: str
    type: FieldType
    required: bool
    synonyms: tuple[str, ...]
    refers_to: tuple[str, ...] = ()
    choices: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kind:
    """A kind of row. ``natural_key`` stands in for ``external_id`` where that is missing."""

    name: str
    natural_key: tuple[str, ...]
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field:
        """The field called ``name``; KeyError when there is none."""
        for each in self.fields:
            if each.name == name:
                return each
        raise KeyError(name)


def normalise(header: str) -> str:
    """A column name reduced to what tells: lower case, no accents, words parted by one space."""
    plain = unicodedata.normalize("NFKD", header)
    plain = "".join(mark for mark in plain if not unicodedata.combining(mark))
    plain = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", plain)
    return " ".join(re.findall(r"[^\W_]+", plain.casefold()))


def _load_kinds() -> dict[str, Kind]:
    raw = json.loads(Path(__file__).with_name("kinds.json").read_text(encoding="utf-8"))
    return {
        name: Kind(
            name,
            tuple(entry["natural_key"]),
            tuple(
                Field(
                    name=each["name"],
                    type=each["type"],
                    required=each.get("required", False),
                    synonyms=(normalise(each["name"]), *each.get("synonyms", ())),
                    refers_to=tuple(each.get("refers_to", ())),
                    choices=each.get("choices", {}),
                )
                for each in entry["fields"]
            ),
        )
        for name, entry in raw.items()
    }


KINDS = _load_kinds()


@dataclass(frozen=True)
class Mapping:
    """Which column gives which field of a kind, and how to read what stands there.

    ``columns`` maps field to column; ``values`` replaces cell texts per field ("" makes a cell
    empty); ``fallback`` names the field, or fields joined by "+", to take when one is empty; ``leave_out`` maps a field and
    a cell text to the reason why such rows are not imported; ``distinct`` leaves out rows that
    repeat an earlier one. ``posts`` says that a row of people is no person but as many posts as its
    fte counts, and names the columns by which one row's posts are told from another's. Date order and
    decimal comma overrule what was detected; None leaves it.
    """

    kind: str
    columns: dict[str, str]
    date_order: DateOrder | None = None
    decimal_comma: bool | None = None
    values: dict[str, dict[str, str]] = field(default_factory=dict)
    fallback: dict[str, str] = field(default_factory=dict)
    leave_out: dict[str, dict[str, str]] = field(default_factory=dict)
    distinct: bool = False
    posts: tuple[str, ...] = ()

    def missing(self) -> tuple[str, ...]:
        """Required fields that no column gives."""
        return tuple(
            each.name
            for each in KINDS[self.kind].fields
            if (each.required or (self.posts and each.name == "fte"))
            and each.name not in self.columns
            and not any(part in self.columns for part in self.fallback_parts(each.name))
        )

    def fallback_parts(self, name: str) -> tuple[str, ...]:
        """The fields that stand in for ``name`` when it is empty."""
        return tuple(self.fallback[name].split("+")) if name in self.fallback else ()

    def used(self) -> tuple[str, ...]:
        """Columns that a table must have."""
        return tuple(dict.fromkeys((*self.columns.values(), *self.posts)))

    def unmapped(self, headers: Sequence[str]) -> tuple[str, ...]:
        """Columns of the table that are not used."""
        return tuple(header for header in headers if header not in self.used())


def map_columns(headers: Sequence[str], kind: str) -> Mapping:
    """The columns recognised by name for ``kind``; KeyError for an unknown kind."""
    names = {header: _variants(header) for header in headers}
    columns: dict[str, str] = {}
    taken: set[str] = set()
    # An exact name wins over one that only matches without its bracketed part.
    for attempt in (0, 1):
        for each in KINDS[kind].fields:
            if each.name in columns:
                continue
            for synonym in each.synonyms:
                found = next(
                    (
                        header
                        for header in headers
                        if header not in taken and names[header][attempt] == synonym
                    ),
                    None,
                )
                if found is not None:
                    columns[each.name] = found
                    taken.add(found)
                    break
    if kind == "people" and "name" not in columns:
        return Mapping(kind, columns, fallback={"name": "given_name+family_name"})
    return Mapping(kind, columns)


def _variants(header: str) -> tuple[str, str]:
    return normalise(header), normalise(re.sub(r"[(\[].*?[)\]]", "", header))


def detect_kind(headers: Sequence[str]) -> tuple[str | None, float]:
    """The kind a table most likely is, and a confidence from 0 to 1; (None, 0.0) when unknown.

    A column that only one kind has tells more than one that many share. Below 0.5 the user
    should be asked.
    """
    if not headers:
        return None, 0.0
    mappings = {name: map_columns(headers, name) for name in KINDS}
    claims: dict[str, int] = {}
    for mapping in mappings.values():
        for header in mapping.columns.values():
            claims[header] = claims.get(header, 0) + 1
    scores = {
        name: sum(1 / claims[header] for header in mapping.columns.values())
        * (0.3 if mapping.missing() else 1)
        for name, mapping in mappings.items()
    }
    ranked = sorted(scores.items(), key=lambda item: -item[1])
    (best, score), (_, second) = ranked[0], ranked[1]
    if score < 0.4:
        return None, 0.0
    understood = len(mappings[best].columns) / len(headers)
    lead = (score - second) / score
    return best, round(min(1.0, 0.25 * understood + 0.75 * lead), 2)


def dump_mapping(mapping: Mapping) -> str:
    """The mapping as a JSON file; parts left at their default are not written."""
    content = {
        key: value
        for key, value in vars(mapping).items()
        if key in ("kind", "columns")
        or value not in (None, {}, False, ())
        or (key == "decimal_comma" and value is not None)
    }
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def load_mapping(data: str | bytes) -> Mapping:
    """The mapping in a JSON file. Raises RefusedFile saying which part is wrong."""
    try:
        raw = json.loads(data)
    except json.JSONDecodeError as error:
        raise RefusedFile(
            f"The mapping is not valid JSON: {error.msg}.", error.lineno, error.colno
        ) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise RefusedFile("The mapping is not valid JSON in UTF-8.") from error
    if not isinstance(raw, dict):
        raise RefusedFile('The mapping must be a JSON object with "kind" and "columns".')
    unknown = set(raw) - set(Mapping.__dataclass_fields__)
    if unknown:
        raise RefusedFile(f"The mapping has parts that are not known: {_listed(unknown)}.")
    kind = raw.get("kind")
    if kind not in KINDS:
        raise RefusedFile(f'"kind" in the mapping must be one of {_listed(KINDS)}.')
    fields = {each.name for each in KINDS[kind].fields}
    fallback = _strings(raw, "fallback")
    columns = _strings(raw, "columns")
    values, leave_out = _nested(raw, "values"), _nested(raw, "leave_out")
    named = [*columns, *values, *leave_out, *fallback]
    named += [part for parts in fallback.values() for part in parts.split("+")]
    strangers = {name for name in named if name not in fields}
    if strangers:
        raise RefusedFile(
            f"The mapping names fields that {kind} do not have: {_listed(strangers)}. "
            f"They have: {_listed(fields)}."
        )
    if "columns" not in raw:
        raise RefusedFile('The mapping has no "columns".')
    date_order, decimal_comma = raw.get("date_order"), raw.get("decimal_comma")
    distinct, posts = raw.get("distinct", False), raw.get("posts", [])
    if date_order not in (None, "ymd", "dmy", "mdy"):
        raise RefusedFile('"date_order" in the mapping must be "ymd", "dmy" or "mdy".')
    if decimal_comma not in (None, True, False) or not isinstance(distinct, bool):
        raise RefusedFile('"decimal_comma" and "distinct" in the mapping must be true or false.')
    if not isinstance(posts, list) or not all(isinstance(each, str) for each in posts):
        raise RefusedFile('"posts" in the mapping must list columns.')
    if posts and kind != "people":
        raise RefusedFile('"posts" in the mapping is for people only.')
    return Mapping(
        kind=kind,
        columns=columns,
        date_order=cast("DateOrder | None", date_order),
        decimal_comma=decimal_comma,
        values=values,
        fallback=fallback,
        leave_out=leave_out,
        distinct=distinct,
        posts=tuple(posts),
    )


def _strings(raw: dict[str, object], key: str) -> dict[str, str]:
    value = raw.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(each, str) for each in value.values()):
        raise RefusedFile(f'"{key}" in the mapping must map names to names.')
    return value


def _nested(raw: dict[str, object], key: str) -> dict[str, dict[str, str]]:
    value = raw.get(key, {})
    if not isinstance(value, dict) or not all(isinstance(each, dict) for each in value.values()):
        raise RefusedFile(f'"{key}" in the mapping must map fields to texts.')
    return {name: _strings(value, name) for name in value}


def _listed(names: object) -> str:
    assert isinstance(names, (set, dict, frozenset))
    return ", ".join(sorted(str(name) for name in names))


# -- presets -------------------------------------------------------------------------------------

_PRESETS = Path(__file__).with_name("presets")


def preset_names() -> tuple[str, ...]:
    """The mappings that come with the product, for published formats."""
    return tuple(sorted(path.stem for path in _PRESETS.glob("*.json")))


def load_preset(name: str) -> Mapping:
    """A mapping that comes with the product. Raises RefusedFile for an unknown name."""
    if name not in preset_names():
        raise RefusedFile(f"There is no preset {name!r}. There are: {', '.join(preset_names())}.")
    return load_mapping((_PRESETS / f"{name}.json").read_bytes())


def detect_preset(headers: Sequence[str], kind: str | None = None) -> str | None:
    """The preset all of whose columns a table has, the one with the most columns first."""
    present = set(headers)
    fitting = [
        (len(mapping.columns), name)
        for name in preset_names()
        if (mapping := load_preset(name)).columns
        and set(mapping.used()) <= present
        and (kind is None or mapping.kind == kind)
    ]
    return max(fitting)[1] if fitting else None


def best_mapping(headers: Sequence[str], kind: str) -> Mapping:
    """The preset that fits a table of this kind, else the columns recognised by name."""
    preset = detect_preset(headers, kind)
    return load_preset(preset) if preset else map_columns(headers, kind)
