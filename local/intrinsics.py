"""CloudFormation's YAML tags and the intrinsic functions that the template uses: `!Ref`, `!GetAtt` and `!Sub`."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")


class TemplateError(ValueError):
    """The template says something that the local stack cannot follow; the message names it."""


class _Loader(yaml.SafeLoader):
    """Reads every `!Tag value` as its long form `{"Fn::Tag": value}`."""


def _construct_tag(loader: _Loader, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value: Any
    if isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    elif isinstance(node, yaml.MappingNode):
        value = loader.construct_mapping(node, deep=True)
    else:
        value = loader.construct_scalar(node)  # type: ignore[arg-type]  # there is no other node
    if suffix == "GetAtt" and isinstance(value, str):
        value = value.split(".", 1)
    return {suffix if suffix == "Ref" else f"Fn::{suffix}": value}


_Loader.add_multi_constructor("!", _construct_tag)


def read_yaml(path: Path) -> dict[str, Any]:
    """The document at `path`, tags in their long form."""
    document: dict[str, Any] = yaml.load(path.read_text(), Loader=_Loader)  # a SafeLoader: builds plain values only
    return document


def logical_id(value: Any) -> str | None:
    """The resource that `!Ref X` or `!GetAtt X.Arn` points to; None when it points to none."""
    match value:
        case {"Ref": name}:
            return str(name)
        case {"Fn::GetAtt": [name, *_]}:
            return str(name)
    return None


def resolve(value: Any, known: Mapping[str, Any]) -> Any:
    """`value` with its references worked out; `known` has parameters and resources as `Name` and `Name.Attribute`.

    Raises TemplateError naming what is not known.
    """
    match value:
        case list():
            return [resolve(item, known) for item in value]
        case {"Ref": name}:
            return _lookup(name, known)
        case {"Fn::GetAtt": path}:
            return _lookup(".".join(path), known)
        case {"Fn::Sub": str(text)}:
            return _PLACEHOLDER.sub(lambda found: str(_lookup(found[1], known)), text)
        case dict():
            for name in value:
                if name.startswith("Fn::"):
                    raise TemplateError(f"{name} is not known to the local stack")
            return {name: resolve(item, known) for name, item in value.items()}
    return value


def _lookup(name: str, known: Mapping[str, Any]) -> Any:
    if name not in known:
        raise TemplateError(f"{name}: neither a parameter nor something that the local stack makes")
    return known[name]
