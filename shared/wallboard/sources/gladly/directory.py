"""Who and what there is: agents, inboxes and teams."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from wallboard.errors import Garbled
from wallboard.sources._read import json_of
from wallboard.sources._source import Asked, Client, Event, Ignored, Page, Reply, Row
from wallboard.sources._values import known, required, text
from wallboard.sources.gladly.settings import endpoint

_TYPES = {"agents": "agent", "inboxes": "queue", "teams": "team"}


def _list(reply: Reply) -> list[dict[str, Any]]:
    content = json_of(reply)
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise Garbled("the answer is JSON, but not a list of objects")
    return content


def everything(asked: Asked, client: Client) -> Iterator[Page]:
    """Three lists, each whole. An agent belongs to a team when there is one such team."""
    found = {what: client.ask("GET", endpoint(asked.settings, what), _list) or [] for what in _TYPES}
    teams: dict[str, list[str | None]] = defaultdict(list)
    for team in found["teams"]:
        for agent in team.get("agentIds") or ():
            teams[str(agent)].append(text(team, "id"))
    rows: list[Row] = []
    for what, type_ in _TYPES.items():
        for each in found[what]:
            under = teams.get(str(each.get("id")), []) if type_ == "agent" else []
            rows.append({"type": type_, "row": each, "under": under[0] if len(under) == 1 else None})
    yield Page(rows)


def resource(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    said = row["row"]
    return [
        {
            "kind": "resource",
            "type": row["type"],
            "id": required(said, "id"),
            "updatedAt": asked.now,
            **known(name=text(said, "name"), parentId=row["under"]),
            "row": said,
        }
    ]
