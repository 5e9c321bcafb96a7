"""What a ChatBotKit source must be told, and where that leads."""

from collections.abc import Sequence
from hashlib import blake2b
from typing import Annotated

from pydantic import Field, SecretStr

from wallboard.sources._source import Client, Login, Settings

HOST = "api.chatbotkit.com"


class ChatBotKitSettings(Settings):
    """`run_as_user_id` is a child account of the key's owner, whose things are read then. `reread_days` is how old a
    conversation may be that still gets messages and ratings: each younger one costs a call per pull. `message_texts`: keep
    what was said in the rows of messages."""

    secret: Annotated[SecretStr, Field(min_length=1)]
    run_as_user_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.@-]{1,128}$")] | None = None
    reread_days: Annotated[int, Field(ge=0, le=366)] = 30
    message_texts: bool = False


def login(settings: ChatBotKitSettings, client: Client) -> Login:
    signed = {"authorization": f"Bearer {settings.secret.get_secret_value()}"}
    if settings.run_as_user_id:
        signed["x-runas-user-id"] = settings.run_as_user_id
    return Login(signed)


def hosts(settings: ChatBotKitSettings) -> Sequence[str]:
    return [HOST]


def organisation(settings: ChatBotKitSettings) -> str:
    """Nothing names the account but its key, so a digest of it stands for it."""
    return blake2b(settings.secret.get_secret_value().encode(), digest_size=8).hexdigest()


def endpoint(path: str) -> str:
    """The address of a list. On this host paths have no `/api` before them."""
    return f"https://{HOST}/v1/{path}/list"
