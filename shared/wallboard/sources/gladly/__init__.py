"""Gladly: work sessions, the contact export, the agent summary, and the names of agents, inboxes and teams.

Reports come as CSV in the answer to a POST, which may take minutes. All of an organisation share 10 of them a minute and 2 at
a time. Data is about an hour behind: what ended in the last hour is still shown as open, so each pull goes back two hours
before the last. What is worked after a contact grows for days, so a week is read again once a day; the export says of a
contact what became of it on the day on which it was queued, so a month is.
"""

from wallboard.model.time import DAY, HOUR
from wallboard.sources._source import Limit, Source, Stream, whole
from wallboard.sources.gladly import directory, pages, rows
from wallboard.sources.gladly.settings import GladlySettings, hosts, login

_BEHIND, _MARGIN = HOUR, HOUR

SOURCE = Source(
    vendor="gladly",
    title="Gladly",
    settings=GladlySettings,
    hosts=hosts,
    organisation=lambda settings: hosts(settings)[0],
    login=login,
    limits={"": Limit([(1, 1)]), "reports": Limit([(1, 6), (10, 60)], parallel=2)},
    words={
        400: "Gladly does not accept the request: it may not know the zone of this source, or no longer have this report",
        401: "Gladly does not know the user or the token: make a token in More settings, API Tokens, and put it in with the "
        "mail address of whoever made it",
        403: "Gladly refuses access: the user of the token needs the permission API User beside the role Agent",
        404: "Gladly has nothing at this address: check the organisation and the environment",
    },
    streams=[
        Stream(
            name="work_sessions",
            title="Work Sessions",
            kinds=("interaction", "leg"),
            cursor="end of the contact, or its beginning as long as it is open",
            pages=pages.work_sessions,
            normalise=rows.work_session,
            overlap=_BEHIND + _MARGIN,
            settle=7 * DAY,
            feeds=("interactions", "answer time", "service level as delivered", "handle", "wrap"),
            personal=(),
        ),
        Stream(
            name="contact_export",
            title="Contact Export",
            kinds=("interaction_detail",),
            cursor="date of the queue",
            pages=pages.report("ContactExportReportV3", "Contact Export", ("contactid", "queuedat")),
            normalise=rows.contact,
            cut=pages.whole_dates(3),
            overlap=DAY + _BEHIND + _MARGIN,
            settle=30 * DAY,
            feeds=("hold", "talk", "messages", "contact figures as delivered"),
            personal=(),
        ),
        Stream(
            name="agent_summary",
            title="Agent Summary",
            kinds=("agent_interval",),
            cursor="date of the figures",
            pages=pages.report(
                "AgentSummaryV2",
                "Agent Summary",
                ("agentid", "bucketbeginning", "bucketend"),
                aggregationLevel="daily",
            ),
            normalise=rows.agent_bucket,
            cut=pages.whole_dates(7),
            overlap=DAY + _BEHIND + _MARGIN,
            settle=7 * DAY,
            feeds=("agent figures as delivered",),
            personal=(),
        ),
        Stream(
            name="directory",
            title="Agents, inboxes and teams",
            kinds=("resource",),
            cursor="all of them, at every pull",
            pages=directory.everything,
            normalise=directory.resource,
            cut=whole,
            overlap=0,
            feeds=("names",),
            personal=(),
            lists=("agent", "queue", "team"),
        ),
    ],
)
