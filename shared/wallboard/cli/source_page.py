"""docs/sources.md: what each source needs, what it brings, and how it behaves, as the sources declare it."""

from collections.abc import Iterable, Iterator
from inspect import getdoc
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from wallboard.model.time import DAY, HOUR
from wallboard.services.source_settings import is_secret
from wallboard.sources._source import Limit, Source, Stream

_OPENING = """# Sources

Written by `wallboard docs` from the code. A source is set up with a file of its settings; what is secret goes to Secrets
Manager, the rest to State:

```
wallboard source put --tenant acme --name support-line --vendor ringcx --settings ringcx.json
wallboard source sync --tenant acme --name support-line --from 2026-08-01 --to 2026-11-01
wallboard source list --tenant acme
```

A pull begins by the clock (`--every-hours`, counted from 02:15 UTC), with `source sync`, or with
`POST /api/v1/source/{name}/sync`. It is cut into windows; each is one message of a queue, succeeds or fails by itself, and
can be pulled again at any time: what is stored and still says the same is not written again. *Overlap* is how far a pull goes
back behind what it has, because rows come late; *settles* is how far it goes back once a day, because rows still change;
*behind* is how far the vendor itself is. *Origin of* names the measures that come from this stream and from no other of the
source.

Facts carry the name of the source. People's numbers and addresses are kept as keyed hashes, readable only in the vendor's
own row. A row that cannot be read is kept aside with its reason, and counted in the list.
"""


def source_page(sources: Iterable[Source]) -> str:
    """The page, sources in the order of their titles."""
    parts = [_OPENING]
    for source in sorted(sources, key=lambda source: source.title):
        parts += list(_source(source))
    return "\n".join(parts).rstrip() + "\n"


def _source(source: Source) -> Iterator[str]:
    yield f"## {source.title} (`{source.vendor}`)\n"
    if about := _about(source.settings):
        yield f"{about}\n"
    yield "| setting | | |\n|---|---|---|"
    properties = source.settings.model_json_schema()["properties"]
    for name, field in source.settings.model_fields.items():
        yield f"| `{name}` | {_need(field)} | {_shape(field, properties[name])} |"
    yield "\n| stream | brings | windows go by | overlap | settles | behind | origin of |"
    yield "|---|---|---|---|---|---|---|"
    for stream in source.streams:
        yield _stream(stream)
    yield f"\nCalls: {'; '.join(_limit(name, limit) for name, limit in source.limits.items())}.\n"
    for status, words in sorted(source.words.items()):
        yield f"- {status}: {words}."
    yield ""


def _about(model: type[BaseModel]) -> str:
    """Its own docstring, not that of its base."""
    return " ".join((getdoc(model) or "").split()) if model.__doc__ else ""


def _need(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    return "optional" if field.default in (None, "") else f"default `{field.default}`"


def _shape(field: FieldInfo, schema: dict[str, Any]) -> str:
    if is_secret(field.annotation):
        return "secret"
    schema = schema.get("anyOf", [schema])[0]
    if "enum" in schema:
        return "one of " + ", ".join(f"`{word}`" for word in schema["enum"])
    if "pattern" in schema:
        return f"like `{schema['pattern']}`".replace("|", "\\|")
    return str(schema.get("type", ""))


def _stream(stream: Stream) -> str:
    times = " | ".join(_time(each) for each in (stream.overlap, stream.settle, stream.lag))
    kinds, feeds = ", ".join(f"`{kind}`" for kind in stream.kinds), ", ".join(stream.feeds)
    return f"| {stream.title} (`{stream.name}`) | {kinds} | {stream.cursor} | {times} | {feeds} |"


def _time(length: int) -> str:
    if not length:
        return "–"
    for unit, name in ((DAY, "d"), (HOUR, "h"), (60_000, "min")):
        if length % unit == 0:
            return f"{length // unit} {name}"
    return f"{length // 1000} s"


def _limit(name: str, limit: Limit) -> str:
    rates = " and ".join(f"{count} in {seconds} s" for count, seconds in limit.rates)
    parallel = f", {limit.parallel} at a time" if limit.parallel else ""
    return f"at most {rates}{parallel}" + (f" ({name})" if name else "")
