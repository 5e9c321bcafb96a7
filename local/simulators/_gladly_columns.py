"""The headers of Gladly's reports, in the vendor's order."""

from collections.abc import Iterator

WORK_SESSIONS = (
    "id",
    "contact_session_id",
    "contact_session_created_at",
    "customer_id",
    "conversation_id",
    "inbox_id",
    "channel",
    "direction",
    "agent_accepted_at",
    "contact_session_routed_at",
    "agent_id",
    "sla_fulfilled_at",
    "contact_session_ended_at",
    "status",
    "within_sla",
    "work_session_handle_time_sec",
    "work_session_after_contact_time_sec",
    "work_session_unknown_time_sec",
    "accepted_inbox_id",
)

CONTACT_EXPORT = (
    *(
        "Timezone Filter",
        "Channel Filter",
        "Inboxes Filter",
        "Queued At",
        "Customer ID",
        "Conversation ID",
        "Contact ID",
    ),
    *("Conversation Link", "Channel", "Direction", "Contact Initiator", "Entry Point", "Final IVR Selection"),
    *("Fulfilled Type", "Status", "Inbox when Queued", "Inbox when Ended", "Agent when Ended", "Offered At"),
    *("Accepted At", "Fulfilled At", "Due At", "Ended At", "Answered At (Outbound)", "SLA Target (sec)"),
    *("Queued-to-Fulfilled (sec)", "Queued-to-Fulfilled within Business Hours (sec)", "Queued-to-Accepted (sec)"),
    *("Queued-to-Ended (sec)", "Accepted-to-Fulfilled (sec)", "Seconds within (+) or over (-) SLA"),
    *("Fulfilled-to-Ended (sec)", "Fulfilled by Contact ID", "Contact Handle Time (sec)", "After Contact Time (sec)"),
    *("Total Contact Handle Time (sec)", "Total Talk Time", "Hold Time Total (sec)", "Hold Time - Manual (sec)"),
    *("Hold Time - Warm Transfer (sec)", "Hold Time - Cold Transfer (sec)", "Hold Time - Conference (sec)"),
    *("Messages Total", "Messages from Customer", "Messages from Agent", "Messages from Rules", "Messages from API"),
    *("Avg Agent Reply Time (sec)", "Avg Customer Reply Time (sec)", "Times Offered", "Times Accepted", "Times Missed"),
    *("Times Declined", "Times Transferred", "Times on Hold Total", "Times on Hold - Manual"),
    *("Times on Hold - Warm Transfer", "Times on Hold - Cold Transfer", "Times on Hold - Conference"),
    *("Payment Requests - Completed", "Payment Requests - Declined", "Payment Amount - Completed (USD)"),
    "Payment Amount - Declined (USD)",
)

OF_THE_PHONE = CONTACT_EXPORT[36:42] + CONTACT_EXPORT[54:59]
"""Blank for what is no call."""

AVERAGES = ("Avg Accepted-to-Fulfilled Time in seconds",)
"""Blank where there is nothing to average."""

CHANNELS = {
    "CHAT": "Chat",
    "EMAIL": "Email",
    "FB_MESSENGER": "FB Messenger",
    "INSTAGRAM_DIRECT": "Instagram Direct",
    "PHONE_CALL": "Phone Call",
    "SMS": "SMS",
    "TWITTER": "Twitter",
    "VOICEMAIL": "Voicemail",
    "WHATSAPP": "WhatsApp",
}

_PER_CHANNEL = {
    "Contact Offered": (),
    "Contact Accepted": (),
    "Contact Declined": ("Email", "Voicemail"),
    "Contact Missed": ("Email", "Voicemail"),
    "Contact Fulfilled": (),
    "Contact Fulfilled by Response": (),
    "Contact Fulfilled by Cancellation": (),
    "Contact Started": ("Chat", "Email", "Voicemail"),
    "Contact Transferred": (),
    "Contact Transferred From": (),
    "Contact Transferred To": (),
    "Contact Ended": (),
    "Contacts with Contact Handle Time": (),
    "Avg Accepted-to-Fulfilled Time in seconds": ("Phone Call",),
    "Message Sent": ("Phone Call", "Voicemail"),
    "Contact Handle Time in seconds": (),
    "After Contact Time in seconds": (),
}
"""Which channels a measure does not have."""


def _per_channel() -> Iterator[str]:
    for measure, missing in _PER_CHANNEL.items():
        for channel in CHANNELS.values():
            if channel not in missing:
                odd = (measure, channel) == ("Contact Offered", "Instagram Direct")
                yield f"{'Agent Metrics ' if odd else ''}{measure} - {channel}"
        if measure == "Contact Started":
            yield "Contact Started - Email"


AGENT_SUMMARY = (
    *("Timezone Filter", "Teams Filter", "Bucket Beginning", "Bucket End", "Name", "Email", "Agent ID", "User Status"),
    *("Role(s)", "Inbox(es)", "Team(s)", "Logged In", "Logged Out", "Logged In Time in seconds", "Went Away"),
    *("Returned from Away", "Changed Active Reason", "Active Time in seconds", "Away Time in seconds"),
    *(f"Went Available - {what}" for what in ("Voice", "Messaging", "Mail", "Task")),
    *(f"Went Unavailable - {what}" for what in ("All", "Voice", "Messaging", "Mail", "Task")),
    *(f"Available Time in seconds - {what}" for what in ("Any", "Voice", "Messaging", "Mail", "Task")),
    *(f"Conversation {what}" for what in ("Created", "Closed", "Reopened", "Topic Added", "Topic Removed")),
    *("Contact Offered", "Contact Accepted", "Contact Declined", "Contact Missed", "Contact Transfer Canceled"),
    *("Contact Fulfilled", "Contact Fulfilled by Response", "Contact Fulfilled by Cancellation"),
    *("Unique Customers with Contact Fulfilled", "Contact Started", "Contact Transferred", "Contact Transferred From"),
    *("Contact Transferred To", "Contact Ended", "Contacts with Contact Handle Time"),
    *("Contacts with After Contact Time", *AVERAGES, "Contact Fulfilled - Acceptance Outliers", "Hold Started"),
    *(f"Hold Started - {what}" for what in ("Manual", "Cold Transfer", "Warm Transfer", "Conference")),
    *("Hold Time - Manual", "Hold Time - Warm Transfer", "Message Sent", "Payment Request Completed"),
    *("Payment Amount Completed - USD", "Task Created", "Task Closed", "Task Reopened", "Tasks Assigned"),
    *("Task Commented On", "Task Content Updated", "Task Due Date Updated", "Task Followed", "Task Unfollowed"),
    *("Note Added", "Customer Merged", "Customer Handle Time in seconds", "Conversation Handle Time in seconds"),
    *("Contact Handle Time in seconds", "After Contact Time in seconds", "Task Handle Time in seconds"),
    *("Messaging Concurrency", "Messaging Work Session Time - Aggregate", "Messaging Work Session Time - Union"),
    *("Messaging Contact Handle Time", *_per_channel()),
)
