"""What a CCAI Platform source must be told, and where that leads."""

from base64 import b64encode
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, SecretStr

from wallboard.sources._source import Client, Country, HostPart, Login, Settings

_DOMAIN = r"^(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.ccaiplatform\.com|ujet\.co)$"


class CcaipSettings(Settings):
    """`subdomain` and `domain` are those of the address at which agents work: `acme` and `uc1.ccaiplatform.com`.
    `company_key` is needed at ujet.co only, with the company's secret as the token. `country` is the calling code of
    numbers without one."""

    subdomain: HostPart
    domain: Annotated[str, Field(pattern=_DOMAIN)]
    api_token: SecretStr
    company_key: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,200}$")] | None = None
    country: Country | None = None


def login(settings: CcaipSettings, client: Client) -> Login:
    user = settings.company_key or settings.subdomain
    signed = b64encode(f"{user}:{settings.api_token.get_secret_value()}".encode()).decode()
    return Login({"authorization": f"Basic {signed}"})


def hosts(settings: CcaipSettings) -> Sequence[str]:
    return [f"{settings.subdomain}.{settings.domain}".lower()]


def endpoint(settings: CcaipSettings, path: str) -> str:
    return f"https://{hosts(settings)[0]}/manager/api/v1/{path}"
