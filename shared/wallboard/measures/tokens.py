"""Which usage counts as tokens: one definition for a bot and for the account, so that the account is the sum of its bots."""

import re

MESSAGE_TOKENS = "CHATBOTKIT_BASE_TOKEN"
"""The usage type that the tokens of a message count as."""

_TOKEN = re.compile(r"(^|[^a-z])tokens?$", re.IGNORECASE)


def is_token(usage_type: str) -> bool:
    """Whether the last word of a usage type is token: `CHATBOTKIT_BASE_TOKEN`, `input_tokens`, `token`."""
    return _TOKEN.search(usage_type) is not None
