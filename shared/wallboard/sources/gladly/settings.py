"""What a Gladly source must be told, how it signs in, and where its addresses lie."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from wallboard.sources._source import Client, Login, Settings, Zone

_LABEL = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_DOMAINS = {"production": "gladly.com", "sandbox": "gladly.qa"}


class GladlySettings(Settings):
    """`organization` is what stands before gladly.com, such as `myorg` or `myorg.us-1`. `user` is the mail address of whoever
    made the token. `zone` is the one whose days agents' figures are added up by: put the organisation's own."""

    organization: Annotated[str, Field(pattern=rf"^{_LABEL}(?:\.{_LABEL})?$")]
    environment: Literal["production", "sandbox"] = "production"
    user: Annotated[str, Field(pattern=r"^[^\s:@]{1,200}@[^\s:@]{1,200}$")]
    token: SecretStr
    zone: Zone = "UTC"


def login(settings: GladlySettings, client: Client) -> Login:
    key = b64encode(f"{settings.user}:{settings.token.get_secret_value()}".encode()).decode()
    return Login({"authorization": f"Basic {key}"})


def hosts(settings: GladlySettings) -> Sequence[str]:
    return [f"{settings.organization.lower()}.{_DOMAINS[settings.environment]}"]


def endpoint(settings: GladlySettings, path: str) -> str:
    return f"https://{hosts(settings)[0]}/api/v1/{path}"
