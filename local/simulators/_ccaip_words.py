"""The words in which CCAI Platform tells of the made-up centre: types, ends, and what stands inside other things."""

from typing import Any

from local.simulators.centre import QUEUES, Agent

Row = dict[str, Any]

MENUS = {name: 10 * (3 + place) for place, name in enumerate(QUEUES)}

TYPES = {
    "inbound": (
        "Voice Inbound (IVR)",
        "Voice Inbound (IVR)",
        "voice inbound (IVR using Mobile)",
        "IvrCall",
        "Voice Kiosk",
    ),
    "outbound": ("Voice Outbound", "Voice Outbound", "Voice Outbound (API)", "OutboundCall", "Voice Campaign"),
}
CHAT_TYPES = {
    "inbound": ("Messaging Inbound (Web Chat)", "Messaging Inbound (SMS)", "Messaging (WhatsApp)"),
    "outbound": ("Messaging Outbound (SMS via API)",) * 3,
}
ENDS = {
    "answered": ("finished", "nothing", "no_deflection"),
    "abandoned": ("failed", "eu_abandoned", "no_deflection"),
    "abandoned_in_menu": ("failed", "eu_in_menu_abandoned", "no_deflection"),
    "voicemail": ("voicemail_received", "nothing", "over_capacity_voicemail"),
    "no_answer": ("failed", "eu_no_answer", "no_deflection"),
}
CHAT_ENDS = {
    "answered": ("finished", None, None),
    "abandoned": ("failed", "unknown", "Abandoned"),
    "abandoned_in_menu": ("failed", "expired_menu_selection", None),
    "voicemail": ("failed", "after_hours", None),
    "no_answer": ("failed", "no_response", None),
}


def user(agent: Agent) -> Row:
    """What is told of an agent inside other things."""
    return {
        "id": agent.number,
        "agent_number": f"A-{agent.number:04}" if agent.number % 3 else None,
        "name": agent.name,
        "last_name": agent.last,
        "first_name": agent.first,
        "avatar_url": f"https://avatar.example.com/user/{agent.number}.png",
    }


def menu(queue: str) -> Row:
    return {
        "id": MENUS[queue],
        "name": queue,
        "parent_id": None,
        "position": QUEUES.index(queue),
        "deleted": False,
        "menu_type": "ivr_menu",
        "output_msg": f"You selected {queue}.",
        "hidden": False,
    }


def path(queue: str) -> Row:
    return {"items_count": 1, "name": queue, "materialized_path": str(MENUS[queue])}
