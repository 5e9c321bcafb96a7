"""As much of JSON Schema as our models use. A keyword that is not known here is an error: nothing is let pass unchecked."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

Schema = Mapping[str, Any]

_WORDS = {"title", "description", "default", "$defs", "examples"}
_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_FORMATS = {"date": date.fromisoformat, "date-time": datetime.fromisoformat}
_KNOWN = _WORDS | {"$ref", "additionalProperties", "anyOf", "const", "enum", "format", "items", "maxItems", "maximum"}
_KNOWN |= {"maxLength", "minItems", "minimum", "minLength", "properties", "required", "type"}


def complaints(value: Any, schema: Schema, root: Schema | None = None, at: str = "$") -> Iterator[str]:
    """Where and why a value is not what a schema says."""
    root = root or schema
    if unknown := schema.keys() - _KNOWN:
        raise NotImplementedError(f"{at}: {sorted(unknown)} are not known to this validator")
    if "$ref" in schema:
        yield from complaints(value, _referred(schema["$ref"], root), root, at)
    if "anyOf" in schema and all([*complaints(value, option, root, at)] for option in schema["anyOf"]):
        yield f"{at}: {value!r} is none of {schema['anyOf']}"
    if "const" in schema and value != schema["const"]:
        yield f"{at}: {value!r} is not {schema['const']!r}"
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    if "type" in schema and not _is(value, schema["type"]):
        yield f"{at}: {value!r} is not of type {schema['type']}"
    elif isinstance(value, dict):
        yield from _of_object(value, schema, root, at)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from complaints(item, schema.get("items", {}), root, f"{at}[{place}]")
        yield from _of_size(len(value), schema, "Items", at)
    elif isinstance(value, str):
        yield from _of_text(value, schema, at)
    elif isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value!r} is out of bounds"


def objects(schema: Schema) -> Iterator[Schema]:
    """Every schema of an object in a schema, itself included."""
    if schema.get("type") == "object":
        yield schema
    inner = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values(), *schema.get("anyOf", ())]
    for each in [*inner, *([schema["items"]] if "items" in schema else [])]:
        yield from objects(each)


def _referred(path: str, root: Schema) -> Schema:
    found: Any = root
    for part in path.removeprefix("#/").split("/"):
        found = found[part]
    return found  # type: ignore[no-any-return]


def _is(value: Any, type_: str) -> bool:
    return isinstance(value, _TYPES[type_]) and (type_ == "boolean" or not isinstance(value, bool))


def _of_object(value: Mapping[str, Any], schema: Schema, root: Schema, at: str) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{at}: {name} is missing" for name in schema.get("required", ()) if name not in value)
    for name, inner in value.items():
        if name in known:
            yield from complaints(inner, known[name], root, f"{at}.{name}")
        elif schema.get("additionalProperties") is False:
            yield f"{at}: {name} is not in the schema"


def _of_text(value: str, schema: Schema, at: str) -> Iterator[str]:
    yield from _of_size(len(value), schema, "Length", at)
    if "format" in schema:
        try:
            _FORMATS[schema["format"]](value)
        except ValueError:
            yield f"{at}: {value!r} is not a {schema['format']}"


def _of_size(size: int, schema: Schema, what: str, at: str) -> Iterator[str]:
    if not schema.get(f"min{what}", size) <= size <= schema.get(f"max{what}", size):
        yield f"{at}: has {size} of {what}"
