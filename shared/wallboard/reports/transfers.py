"""Transfers, and how many agents a contact took."""

from wallboard.reports._centre import centre_report
from wallboard.reports._columns import Column, percentage
from wallboard.reports._interactions import INTERACTIONS, count, interactions

REPORT = centre_report(
    id="wb-transfers",
    name="Transfers Report",
    description="How many interactions were passed on, and how many agents worked on one.",
    definition="transferred: more than one agent, or transfers reported; agents: different agents of one interaction, 0 when "
    "nobody",
    time_basis="start of the interaction",
    columns=[
        INTERACTIONS,
        count(
            "transferred",
            "interactions",
            "with a transfer, reported or seen by a second agent",
            "interactions.transferred",
        ),
        percentage(
            "transfer_rate",
            "transferred / interactions that an agent worked on",
            lambda cell, asked: cell("interactions.transferred"),
            lambda cell, asked: cell("interactions.by_one") + cell("interactions.by_several"),
        ),
        count("transfers", "transfers", "as reported, else agents - 1", "interactions.transfers"),
        Column(
            "agents_per_contact",
            "agents",
            "sum of the different agents of each / interactions",
            lambda cell, asked: cell("interactions.agents"),
            lambda cell, asked: interactions(cell),
        ),
        count("by_nobody", "interactions", "with no agent", "interactions.by_nobody"),
        count("by_one", "interactions", "with one agent", "interactions.by_one"),
        count("by_several", "interactions", "with two agents or more", "interactions.by_several"),
    ],
    bases=("interactions.interactions",),
)
