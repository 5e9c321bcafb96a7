"""What a RingCX source must be told, how it signs in, and where its addresses lie."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from wallboard.errors import Garbled
from wallboard.sources._read import json_of
from wallboard.sources._source import Client, Country, Login, Reply, Settings, Zone

_RINGCX, _RINGCENTRAL = "ringcx.ringcentral.com", "platform.ringcentral.com"
TOKEN_SECONDS = 300

_Digits = Annotated[str, Field(pattern=r"^[0-9]{1,20}$")]


class RingCxSettings(Settings):
    """`profile` is what is asked: the integration API, or the older reports where an account still has them.

    `zone` is the one in which times are asked for, and in which the vendor writes those without an offset. Leave it at UTC
    unless the account refuses that: where clocks are put back, an hour of local times stands for two. `country` is the
    calling code of ten-digit numbers. With `report_user_id`, a user who may see the cloud profiles, their calls come from
    Cloud Call Detail; without it, from Global Call Type Detail, which knows less about them.
    """

    profile: Literal["integration_v1", "legacy_reports"] = "integration_v1"
    client_id: Annotated[str, Field(pattern=r"^\S{1,200}$")]
    client_secret: SecretStr
    jwt: SecretStr
    rc_account_id: _Digits
    sub_account_id: Annotated[str, Field(pattern=r"^[0-9]{8}$")]
    zone: Zone = "UTC"
    country: Country = "1"
    report_user_id: _Digits | None = None

    @property
    def is_current(self) -> bool:
        return self.profile == "integration_v1"

    @property
    def has_cloud_report(self) -> bool:
        return not self.is_current and self.report_user_id is not None


def hosts(settings: RingCxSettings) -> Sequence[str]:
    return (_RINGCX, _RINGCENTRAL)


def integration(settings: RingCxSettings, operation: str) -> str:
    """The integration API, which shares one budget of calls."""
    account = f"accounts/{settings.rc_account_id}/sub-accounts/{settings.sub_account_id}"
    return f"https://{_RINGCX}/voice/api/cx/integration/v1/{account}/{operation}"


def directory(settings: RingCxSettings, path: str) -> str:
    """The older integration API: the only place that knows both ids of an agent."""
    return f"https://{_RINGCX}/voice/api/integration/v1/admin/accounts/{settings.sub_account_id}/{path}"


def admin(settings: RingCxSettings, path: str) -> str:
    return f"https://{_RINGCX}/voice/api/v1/admin/accounts/{settings.sub_account_id}/{path}"


def login(settings: RingCxSettings, client: Client) -> Login:
    """A token of RingCentral, exchanged for one of RingCX. Neither is kept: the pair costs two calls every five minutes."""
    key = f"{settings.client_id}:{settings.client_secret.get_secret_value()}"
    first = client.ask(
        "POST",
        f"https://{_RINGCENTRAL}/restapi/oauth/token",
        _text_of("access_token"),
        form={
            "grant_type": "urn:ietf:params:oauth:grant-type:jwt-bearer",
            "assertion": settings.jwt.get_secret_value(),
        },
        headers={"authorization": f"Basic {b64encode(key.encode()).decode()}"},
        limit="sign-in",
        signed=False,
    )
    second = client.ask(
        "POST",
        f"https://{_RINGCX}/api/auth/login/rc/accesstoken",
        _text_of("accessToken"),
        form={"rcAccessToken": first or "", "rcTokenType": "Bearer"},
        limit="exchange",
        signed=False,
    )
    return Login({"authorization": f"Bearer {second}"}, seconds=TOKEN_SECONDS)


def _text_of(name: str) -> Callable[[Reply], str]:
    def read(reply: Reply) -> str:
        content = json_of(reply)
        found = content.get(name) if isinstance(content, dict) else None
        if not isinstance(found, str) or not found:
            raise Garbled(f"the answer to the sign-in has no {name}")
        return found

    return read
