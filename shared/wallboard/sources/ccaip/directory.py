"""Who and what there is: agents, teams and their tree, menus."""

from collections.abc import Iterator, Sequence
from typing import Any

from wallboard.errors import Garbled
from wallboard.sources._read import json_of
from wallboard.sources._source import Asked, Client, Event, Ignored, Page, Reply, Row
from wallboard.sources._values import count, flag, instant, known, required, text
from wallboard.sources.ccaip._cells import each, full_name, kept
from wallboard.sources.ccaip.pages import everything, listed
from wallboard.sources.ccaip.settings import endpoint

TREE = "tree"
"""The id under which the tree of teams is kept."""

_OF_THE_MOMENT = (
    "call_count",
    "chat_count",
    "crm_authenticated",
    "last_login_time",
    "online",
    "status",
    "status_updated_at",
    "wrap_up",
)
"""What an agent is doing at the moment of the pull, which the activity log tells better."""


def agents(asked: Asked, client: Client) -> Iterator[Page]:
    yield Page(everything("agents", asked.settings, client))


def menus(asked: Asked, client: Client) -> Iterator[Page]:
    yield Page(everything("menus", asked.settings, client))


def teams(asked: Asked, client: Client) -> Iterator[Page]:
    """With those that are deleted, and each with its people: where the list leaves these out, the team itself is asked."""
    rows = everything("teams", asked.settings, client, with_deleted="true")
    yield Page([row if "assignees" in row else {**row, **_one(row, asked, client)} for row in rows])


def _one(row: Row, asked: Asked, client: Client) -> Row:
    id = text(row, "id")
    if id is None or not id.isdecimal():
        return {}
    return client.ask("GET", endpoint(asked.settings, f"teams/{id}"), _object, skip=(404,)) or {}


def _object(reply: Reply) -> dict[str, Any]:
    content = json_of(reply)
    if not isinstance(content, dict):
        raise Garbled("the answer is JSON, but not an object")
    return content


def team_tree(asked: Asked, client: Client) -> Iterator[Page]:
    """All roots in one row: the tree is replaced as a whole."""
    found = client.ask("GET", endpoint(asked.settings, "teams/tree"), listed(1))
    yield Page([{"roots": list(found.rows)}] if found and found.rows else [])


def agent(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """Belongs to a team when there is one such team."""
    under = [text(team, "id") for team in each(row, "teams") if not flag(team, "deleted")]
    said = {name: value for name, value in row.items() if name not in _OF_THE_MOMENT}
    return [
        {
            **_resource("agent", row, asked),
            **known(
                name=full_name(row),
                parentId=under[0] if len(under) == 1 else None,
                createdAt=instant(row, "created_at"),
            ),
            "row": kept(said),
        }
    ]


def team(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    return [
        {
            **_resource("team", row, asked),
            **known(
                name=text(row, "name"),
                parentId=text(row, "parent_id"),
                count=count(row, "agents_count"),
                deleted=flag(row, "deleted") or None,
            ),
            "row": kept(dict(row)),
        }
    ]


def tree(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """One resource that keeps the tree as it was delivered. Each team's name and parent come from the list of teams alone,
    which is the only one that names deleted teams."""
    return [
        {
            **_resource("team", {"id": TREE}, asked),
            "name": "All teams",
            "count": sum(1 for root in each(row, "roots") for _ in _below(root)),
            "row": kept(dict(row)),
        }
    ]


def _below(node: Row) -> Iterator[Row]:
    """A team and all teams under it."""
    yield node
    for child in each(node, "children"):
        yield from _below(child)


def menu(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """Calls and chats wait in the queue of a menu."""
    return [
        {
            **_resource("queue", row, asked),
            **known(
                name=text(row, "name"),
                parentId=text(row, "parent_id"),
                deleted=flag(row, "deleted") or None,
            ),
            "row": kept(dict(row)),
        }
    ]


def _resource(type_: str, row: Row, asked: Asked) -> Event:
    return {"kind": "resource", "type": type_, "id": required(row, "id"), "updatedAt": asked.now}
