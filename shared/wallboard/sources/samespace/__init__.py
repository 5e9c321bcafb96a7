"""Samespace: sessions (calls), logs (log-ins), productivity per agent and day, and answers to surveys.

Four POST endpoints under https://{cluster}.samespace.com/manage/api/analytics, signed by an `x-api-key` header. A window has
at most 31 days. `sessions` is paged by `limit` and `skip`; its answer is `{"total": n, "data": [...]}`, and the others may
come in that envelope, as a list, or as one object. Times without a zone are those of `zone`.
"""

from wallboard.model.time import DAY, HOUR, QUARTER
from wallboard.sources._source import Cut, Limit, Source, Stream, every
from wallboard.sources.samespace import pages, rows
from wallboard.sources.samespace.settings import SamespaceSettings, hosts, login

_WEEK: Cut = every(7 * DAY)

SOURCE = Source(
    vendor="samespace",
    title="Samespace",
    settings=SamespaceSettings,
    hosts=hosts,
    organisation=lambda settings: settings.cluster_id.lower(),
    login=login,
    limits={"": Limit([(1, 1)])},
    words={
        401: "Samespace does not know the API key: make one in Settings, Developers, API Keys, and put it in",
        403: "Samespace refuses the API key: it must be of the type Voice or Analytics",
    },
    streams=[
        Stream(
            name="sessions",
            title="Call reports",
            kinds=("interaction", "leg"),
            cursor="start of the call",
            pages=pages.sessions,
            normalise=rows.session,
            overlap=DAY,
            lag=QUARTER,
            feeds=("interactions", "answer time", "talk", "hold", "ring"),
            personal=("caller", "callee", "recording_filename", "custom_data", "notes"),
        ),
        Stream(
            name="logs",
            title="Session report",
            kinds=("session",),
            cursor="start of the log-in",
            pages=pages.paged("logs", pages.instants),
            normalise=rows.log,
            cut=_WEEK,
            overlap=2 * DAY,
            feeds=("log-in time", "away time"),
            personal=(),
        ),
        Stream(
            name="productivity",
            title="Productivity report",
            kinds=("agent_interval",),
            cursor="day of the figures",
            pages=pages.productivity,
            normalise=rows.agent_day,
            cut=pages.local_days,
            overlap=DAY + HOUR,
            feeds=("productivity as delivered",),
            personal=(),
        ),
        Stream(
            name="csat",
            title="CSAT report",
            kinds=("survey", "interaction_detail"),
            cursor="start of the call",
            pages=pages.csat,
            normalise=rows.survey,
            overlap=2 * DAY,
            feeds=("survey scores", "wrap"),
            personal=("caller", "callee", "notes"),
        ),
    ],
)
