"""CCAI Platform: calls, chats, the agents' activity log, agents, teams and their tree, menus.

The Manager API lists plain JSON arrays; what comes after a page is in headers. A call goes on changing after its end: wrap-up
and rating come a quarter of an hour later, and move `updated_at`. So calls and chats are read by it. Participants, transfers,
photos and videos are inside the calls. An organisation has 10 requests in a second.
"""

from wallboard.model.time import DAY, HOUR
from wallboard.sources._source import Limit, Source, Stream, every, whole
from wallboard.sources.ccaip import directory, pages, rows, statuses
from wallboard.sources.ccaip.settings import CcaipSettings, hosts, login

_DAYS = every(3 * DAY)
_ALL = "all of them, at every pull"
_OF_CUSTOMERS = (
    "end_user",
    "phone_number",
    "identifier",
    "outbound_number",
    "email",
    "sip_headers",
    "virtual_agent_params",
    "custom_data",
    "custom_data_not_secured",
    "note",
    "notes",
    "feedback",
    "smart_action_text",
    "in_call_sms",
    "wait_time_sms",
)
"""Whom a call or chat was with, and what was written about it."""

SOURCE = Source(
    vendor="ccaip",
    title="CCAI Platform",
    settings=CcaipSettings,
    hosts=hosts,
    organisation=lambda settings: hosts(settings)[0],
    login=login,
    limits={"": Limit([(10, 1)])},
    words={
        401: "CCAI Platform does not know the subdomain or the token: make a token in Settings, Developer Settings, API "
        "Credentials, and put it in (at ujet.co: the company key and its secret)",
        403: "CCAI Platform refuses access: the API credential lacks a permission, or is switched off",
        404: "CCAI Platform has nothing at this address: check the subdomain and the domain",
    },
    streams=[
        Stream(
            name="calls",
            title="Call",
            kinds=("interaction", "leg", "survey"),
            cursor="last change of the call",
            pages=pages.by_time("calls", "updated_at"),
            normalise=rows.call,
            cut=_DAYS,
            overlap=2 * HOUR,
            feeds=("calls", "answer time of calls", "segments of calls", "ratings of calls"),
            personal=_OF_CUSTOMERS,
        ),
        Stream(
            name="chats",
            title="Chat",
            kinds=("interaction", "leg", "survey"),
            cursor="last change of the chat",
            pages=pages.by_time("chats", "updated_at"),
            normalise=rows.chat,
            cut=_DAYS,
            overlap=2 * HOUR,
            feeds=("chats", "answer time of chats", "segments of chats", "ratings of chats"),
            personal=_OF_CUSTOMERS,
        ),
        Stream(
            name="agent_activity_logs",
            title="Agent Status History",
            kinds=("status",),
            cursor="beginning of the activity",
            pages=pages.by_time("agent_activity_logs", "started_at"),
            normalise=statuses.activity,
            overlap=2 * DAY,
            settle=7 * DAY,
            feeds=("time in each status",),
            personal=(),
        ),
        Stream(
            name="agents",
            title="Agent",
            kinds=("resource",),
            cursor=_ALL,
            pages=directory.agents,
            normalise=directory.agent,
            cut=whole,
            overlap=0,
            feeds=("names of agents",),
            personal=(),
            lists=("agent",),
        ),
        Stream(
            name="teams",
            title="Team With Assignees",
            kinds=("resource",),
            cursor=_ALL,
            pages=directory.teams,
            normalise=directory.team,
            cut=whole,
            overlap=0,
            feeds=("names of teams",),
            personal=(),
        ),
        Stream(
            name="team_tree",
            title="Team Tree",
            kinds=("resource",),
            cursor=_ALL,
            pages=directory.team_tree,
            normalise=directory.tree,
            cut=whole,
            overlap=0,
            feeds=("tree of teams",),
            personal=(),
        ),
        Stream(
            name="menus",
            title="Menu",
            kinds=("resource",),
            cursor=_ALL,
            pages=directory.menus,
            normalise=directory.menu,
            cut=whole,
            overlap=0,
            feeds=("names of menus",),
            personal=(),
            lists=("queue",),
        ),
    ],
)
