"""Total Contacts."""

from wallboard.model.results import NoInput, Output
from wallboard.reports._report import Data, Report


class TotalContactsOutput(Output):
    value: int
    period: str


def build(asked: NoInput, data: Data) -> TotalContactsOutput:
    return TotalContactsOutput(value=data.ever.total("contacts.contacts"), period="all time")


REPORT = Report(
    id="clr3m5n8k000308jq1h7i8j4d",
    name="Total Contacts Report",
    description="How many different contacts were ever seen.",
    category="contact",
    definition="distinct contacts, seen as a contact event or in a conversation",
    unit="contacts",
    time_basis="all time",
    created="2026-11-21",
    input=NoInput,
    output=TotalContactsOutput,
    ever=("contacts",),
    build=build,
    compares=False,
    table="",
)
