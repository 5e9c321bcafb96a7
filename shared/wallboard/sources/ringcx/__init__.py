"""RingCX (once Engage Voice) of RingCentral, under one of two profiles that tell the same in the same kinds of facts.

`integration_v1`: four POST operations of the integration API, each for at most three hours that ended at least five minutes
ago, at most 3 calls a minute and 9 a quarter of an hour for all four. `legacy_reports`: POST reportsStreaming, whose answer
is the file; RingCentral has retired it, and some accounts still have it. A token lives five minutes and is exchanged for one
of RingCentral. Nothing of `integration_v1` says what was on hold or after the call per part of a call, or which calls were
abandoned: the sums per queue do.
"""

from wallboard.model.time import DAY, HOUR, QUARTER
from wallboard.sources._source import Limit, Source, Stream, whole
from wallboard.sources.ringcx import directory, integration, integration_rows, legacy, legacy_rows
from wallboard.sources.ringcx.settings import RingCxSettings, hosts, login


def _current(settings: RingCxSettings) -> bool:
    return settings.is_current


def _older(settings: RingCxSettings) -> bool:
    return not settings.is_current


SOURCE = Source(
    vendor="ringcx",
    title="RingCX",
    settings=RingCxSettings,
    hosts=hosts,
    organisation=lambda settings: settings.sub_account_id,
    login=login,
    limits={
        "": Limit([(120, 60)]),
        "integration": Limit([(3, 60), (9, 900)], parallel=1),
        "sign-in": Limit([(5, 60)]),
        "exchange": Limit([(5, 60)]),
    },
    words={
        400: "RingCentral does not accept the JWT or the client id, or RingCX does not understand the request: make the JWT "
        "anew for this app in the developer console, and check the zone of this source",
        401: "RingCentral does not accept the client id, the client secret or the JWT: put new ones in",
        403: "RingCentral has not switched on WEM access (or report permission) for this account: ask RingCentral for it",
        404: "RingCX has nothing at this address: check the account ids; under the profile legacy_reports, RingCentral may "
        "have switched these reports off, and integration_v1 takes their place",
    },
    streams=[
        Stream(
            name="interaction_metadata",
            title="Interaction metadata",
            kinds=("interaction", "leg"),
            cursor="end of the segment",
            pages=integration.interaction_metadata,
            normalise=integration_rows.segment,
            settle=DAY,
            lag=QUARTER,
            feeds=("interactions", "handle"),
            personal=("channelEndpointAddress", "contactEndpointAddress", "agentNotes"),
            wanted=_current,
        ),
        Stream(
            name="agg_queue_stats",
            title="Aggregate queue statistics",
            kinds=("queue_interval",),
            cursor="interval of the figures",
            pages=integration.aggregates("agg-queue-stats"),
            normalise=integration_rows.queue_stats,
            settle=12 * HOUR,
            lag=QUARTER,
            feeds=("queue figures as delivered",),
            personal=(),
            wanted=_current,
        ),
        Stream(
            name="agg_agent_stats",
            title="Aggregate agent statistics",
            kinds=("agent_interval",),
            cursor="interval of the figures",
            pages=integration.aggregates("agg-agent-stats"),
            normalise=integration_rows.agent_stats,
            settle=12 * HOUR,
            lag=QUARTER,
            feeds=("agent figures as delivered",),
            personal=(),
            wanted=_current,
        ),
        Stream(
            name="agg_agent_extended_stats",
            title="Aggregate agent extended statistics",
            kinds=("agent_interval",),
            cursor="interval of the figures",
            pages=integration.aggregates("agg-agent-extended-stats"),
            normalise=integration_rows.agent_extended_stats,
            settle=12 * HOUR,
            lag=QUARTER,
            feeds=("agent and queue figures as delivered",),
            personal=(),
            wanted=_current,
        ),
        Stream(
            name="agent_session",
            title="Agent Session Report",
            kinds=("session", "agent_interval"),
            cursor="log-in",
            pages=legacy.agent_sessions,
            normalise=legacy_rows.agent_session,
            overlap=2 * DAY,
            settle=7 * DAY,
            feeds=("log-in time", "session figures as delivered"),
            personal=(),
            wanted=_older,
        ),
        Stream(
            name="global_call_type_detail",
            title="Global Call Type Detail",
            kinds=("interaction",),
            cursor="start of the call",
            pages=legacy.calls,
            normalise=legacy_rows.call,
            overlap=6 * HOUR,
            settle=2 * DAY,
            lag=QUARTER,
            feeds=("interactions",),
            personal=("ani", "callNotes", "jsonResult"),
            wanted=_older,
        ),
        Stream(
            name="agent_segment_metadata",
            title="Agent Segment Metadata",
            kinds=("leg",),
            cursor="start of the leg",
            pages=legacy.agent_segments,
            normalise=legacy_rows.agent_segment,
            overlap=6 * HOUR,
            settle=2 * DAY,
            lag=QUARTER,
            feeds=("handle", "talk", "hold", "wrap", "ring", "queue of legs"),
            personal=("ANI",),
            wanted=_older,
        ),
        Stream(
            name="cloud_call_detail",
            title="Call Detail (cloud)",
            kinds=("interaction",),
            cursor="time of entering the queue",
            pages=legacy.cloud_calls,
            normalise=legacy_rows.cloud_call,
            overlap=6 * HOUR,
            settle=2 * DAY,
            lag=QUARTER,
            feeds=("cloud interactions",),
            personal=("ani",),
            wanted=lambda settings: settings.has_cloud_report,
        ),
        Stream(
            name="reference",
            title="Queues, dispositions and agents",
            kinds=("resource",),
            cursor="all of them, at every pull",
            pages=directory.everything,
            normalise=directory.resource,
            cut=whole,
            overlap=0,
            feeds=("names",),
            personal=(),
            lists=("agent", "queue", "disposition"),
        ),
    ],
)
