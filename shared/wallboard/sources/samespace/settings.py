"""What a Samespace source must be told, and where that leads."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, SecretStr

from wallboard.sources._source import Client, Country, HostPart, Login, Settings, Zone


class SamespaceSettings(Settings):
    """`zone` is that of times without one. `survey_scale` is the highest answer that can be given."""

    cluster_id: HostPart
    api_key: SecretStr
    zone: Zone = "UTC"
    country: Country | None = None
    survey_scale: Annotated[int, Field(ge=2, le=100)] = 5


def login(settings: SamespaceSettings, client: Client) -> Login:
    return Login({"x-api-key": settings.api_key.get_secret_value()})


def hosts(settings: SamespaceSettings) -> Sequence[str]:
    return [f"{settings.cluster_id.lower()}.samespace.com"]


def endpoint(settings: SamespaceSettings, name: str) -> str:
    return f"https://{hosts(settings)[0]}/manage/api/analytics/{name}"
