"""Vendors on 127.0.0.1: one simulator each, over real HTTP, faithful enough to break a weak connector."""

from collections.abc import Mapping

from local.simulators._simulator import Simulator
from local.simulators.ccaip import Ccaip
from local.simulators.chatbotkit import ChatBotKit
from local.simulators.gladly import Gladly
from local.simulators.ringcx import RingCx
from local.simulators.samespace import Samespace

SIMULATORS: Mapping[str, type[Simulator]] = {
    simulator.vendor: simulator for simulator in (Samespace, Gladly, RingCx, ChatBotKit, Ccaip)
}
"""Every simulator by its vendor."""
