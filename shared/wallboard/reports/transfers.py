"""Transfers, and how many agents a contact took."""

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Column, percent, share
from wallboard.reports._interactions import interactions

REPORT = centre_report(
    id="wb-transfers",
    name="Transfers Report",
    description="How many interactions were passed on, and how many agents worked on one.",
    definition="transferred: more than one agent, or transfers reported; agents: different agents of one interaction, 0 when "
    "nobody",
    time_basis="start of the interaction",
    columns=[
        Column("interactions", "interactions", "all interactions", lambda cell, asked: interactions(cell)),
        Column(
            "transferred",
            "interactions",
            "with a transfer, reported or seen by a second agent",
            lambda cell, asked: cell("interactions.transferred"),
        ),
        Column(
            "transfer_rate",
            "percent",
            "transferred / interactions that an agent worked on",
            lambda cell, asked: percent(
                cell("interactions.transferred"), cell("interactions.by_one") + cell("interactions.by_several")
            ),
        ),
        Column(
            "transfers", "transfers", "as reported, else agents - 1", lambda cell, asked: cell("interactions.transfers")
        ),
        Column(
            "agents_per_contact",
            "agents",
            "sum of the different agents of each / interactions",
            lambda cell, asked: share(cell("interactions.agents"), interactions(cell)),
        ),
        Column("by_nobody", "interactions", "with no agent", lambda cell, asked: cell("interactions.by_nobody")),
        Column("by_one", "interactions", "with one agent", lambda cell, asked: cell("interactions.by_one")),
        Column(
            "by_several", "interactions", "with two agents or more", lambda cell, asked: cell("interactions.by_several")
        ),
    ],
    bases=("interactions.interactions",),
)
