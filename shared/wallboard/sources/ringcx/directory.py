"""Who and what there is: agents by both of their ids, groups of agents, queues and their dispositions."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wallboard.errors import Garbled
from wallboard.sources._read import json_of
from wallboard.sources._source import Asked, Client, Event, Ignored, Page, Reply, Row
from wallboard.sources._values import known, required, text
from wallboard.sources.ringcx.settings import RingCxSettings, admin, directory

_GONE = (404,)


def listed(reply: Reply) -> list[Row]:
    """The objects of an answer that must be a list of them: one by itself is an error that came with the status 200."""
    content = json_of(reply)
    if not isinstance(content, list) or not all(isinstance(each, dict) for each in content):
        raise Garbled("the answer is JSON, but not a list of objects")
    return content


def _object(reply: Reply) -> dict[str, Any]:
    content = json_of(reply)
    if not isinstance(content, dict):
        raise Garbled("the answer is JSON, but not an object")
    return content


def _agents(settings: RingCxSettings, client: Client) -> Iterator[tuple[Row, Row]]:
    """(group, agent) of every agent."""
    for group in client.ask("GET", directory(settings, "agentGroups"), listed, skip=_GONE) or ():
        path = f"agentGroups/{required(group, 'agentGroupId')}/agents"
        for agent in client.ask("GET", directory(settings, path), listed, skip=_GONE) or ():
            yield group, agent


def agents_by_id(settings: RingCxSettings, client: Client) -> Mapping[str, dict[str, Any]]:
    """`agentId` and `agentName` by either id of an agent: segments name the RingCentral user, or the RingCX agent, and the
    vendor's own pages disagree on which. Where the two collide, the RingCentral user is meant."""
    found: dict[str, dict[str, Any]] = {}
    users: dict[str, dict[str, Any]] = {}
    for _, agent in _agents(settings, client):
        said = known(agentId=text(agent, "agentId"), agentName=_name(agent))
        if "agentId" in said:
            found[said["agentId"]] = said
            if user := text(agent, "rcUserId"):
                users[user] = said
    return found | users


def _name(agent: Row) -> str | None:
    return " ".join(filter(None, (text(agent, "firstName"), text(agent, "lastName")))) or None


def everything(asked: Asked, client: Client) -> Iterator[Page]:
    """One page per thing that is listed; short enough to be read from the beginning again."""
    settings = asked.settings
    rows: list[Row] = []
    groups: dict[str | None, Row] = {}
    for group, agent in _agents(settings, client):
        groups[text(group, "agentGroupId")] = group
        rows.append({"type": "agent", "row": agent, "under": text(group, "agentGroupId")})
    rows += [{"type": "team", "row": group} for group in groups.values()]
    for group in client.ask("GET", admin(settings, "gateGroups/withChildren"), listed) or ():
        path = f"gateGroups/{required(group, 'gateGroupId')}/gates"
        children = group.get("gates")
        for each in children if isinstance(children, list) else client.ask("GET", admin(settings, path), listed) or ():
            gate = required(each, "gateId")
            rows.append(
                {
                    "type": "queue",
                    "row": client.ask("GET", admin(settings, f"{path}/{gate}"), _object, skip=_GONE) or each,
                }
            )
            found = client.ask("GET", admin(settings, f"{path}/{gate}/dispositions"), listed, skip=_GONE)
            rows += [{"type": "disposition", "row": disposition, "under": gate} for disposition in found or ()]
    yield Page(rows)


_ID = {"agent": "agentId", "team": "agentGroupId", "queue": "gateId", "disposition": "gateDispositionId"}
_NAME = {"team": "groupName", "queue": "gateName", "disposition": "disposition"}


def resource(row: Row, asked: Asked) -> Sequence[Event] | Ignored:
    """A disposition belongs to its queue, and its id is unique there only."""
    kind, said, under = row["type"], row["row"], row.get("under")
    id = required(said, _ID[kind])
    return [
        {
            "kind": "resource",
            "type": kind,
            "id": f"{under}:{id}" if kind == "disposition" else id,
            "updatedAt": asked.now,
            **known(name=_name(said) if kind == "agent" else text(said, _NAME[kind]), parentId=under),
            "row": {name: value for name, value in said.items() if name != "password"},
        }
    ]
