"""The settings of a tenant's sources: what is secret lies in Secrets Manager, the rest in State."""

import secrets as randomness
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from pydantic import SecretStr, ValidationError

from wallboard.errors import InvalidRequest, NotFound, VendorRefuses
from wallboard.registry import Family
from wallboard.services.ports import Secrets, SourceConfig, Sources
from wallboard.sources._source import Settings, Source


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """Reads and keeps them. `vendors` are the sources that there are to be set up."""

    vendors: Family[Source]
    sources: Sources
    secrets: Secrets

    def of(self, tenant: str, name: str) -> tuple[Source, Settings]:
        """The vendor of a source, and its settings. Raises NotFound, and VendorRefuses when the settings have become
        unsound or a secret is missing."""
        config = self.sources.find(tenant, name)
        if config is None:
            raise NotFound(f"There is no source {name[:80]}")
        source = self.vendors.load(config.vendor)
        try:
            secret = self.secrets.get(_secret(tenant, name))
        except NotFound as error:
            raise VendorRefuses(
                f"the credentials of {name} are not in Secrets Manager: set the source up again"
            ) from error
        try:
            return source, source.settings.model_validate({**config.settings, **secret})
        except ValidationError as error:
            raise VendorRefuses(f"the settings of {name} are unsound: {_first(error)}") from error

    def set_up(
        self,
        tenant: str,
        name: str,
        vendor: str,
        given: Mapping[str, Any],
        *,
        every_hours: int = 24,
        enabled: bool = True,
    ) -> SourceConfig:
        """Keeps a source. Raises InvalidRequest that names what is wrong, and never says a secret."""
        if vendor not in self.vendors.names():
            raise InvalidRequest(f"vendor: {vendor[:80]!r} is none; use one of {', '.join(self.vendors.names())}")
        model = self.vendors.load(vendor).settings
        try:
            model.model_validate(given)
        except ValidationError as error:
            raise InvalidRequest(f"settings: {_first(error)}") from error
        secret = {field: given[field] for field in secret_fields(model) if given.get(field) is not None}
        config = SourceConfig(
            name, vendor, {field: value for field, value in given.items() if field not in secret}, enabled, every_hours
        )
        before = self.sources.find(tenant, name)
        if before and before.vendor != vendor:
            self.sources.remove(tenant, name)  # what was pulled of another vendor says nothing of this one
        self.secrets.put(_secret(tenant, name), secret)
        self.people_key(tenant)
        self.sources.put(tenant, config)
        return config

    def people_key(self, tenant: str) -> bytes:
        """The key with which people's numbers and addresses are hashed: made once, and kept as long as there are facts."""
        try:
            return bytes.fromhex(self.secrets.get(_people(tenant))["key"])
        except NotFound:
            key = randomness.token_bytes(32)
            self.secrets.put(_people(tenant), {"key": key.hex()})
            return key

    def remove(self, tenant: str, name: str) -> None:
        """Forgets a source with its credentials; what it brought stays. Raises NotFound."""
        if self.sources.find(tenant, name) is None:
            raise NotFound(f"There is no source {name[:80]}")
        self.sources.remove(tenant, name)
        self.secrets.delete(_secret(tenant, name))

    def forget(self, tenant: str, name: str) -> None:
        """The next use reads the credentials again: they may have been changed."""
        self.secrets.forget(_secret(tenant, name))


def _secret(tenant: str, name: str) -> str:
    return f"{tenant}/source/{name}"


def _people(tenant: str) -> str:
    return f"{tenant}/people"


def secret_fields(model: type[Settings]) -> list[str]:
    """The names of the fields that are secret."""
    return [name for name, field in model.model_fields.items() if is_secret(field.annotation)]


def is_secret(annotation: Any) -> bool:
    """Whether a field of this type is kept in Secrets Manager."""
    return annotation is SecretStr or any(is_secret(each) for each in get_args(annotation))


def _first(error: ValidationError) -> str:
    """The first thing that is wrong, without what was given: it may be a secret in the wrong field."""
    detail = error.errors(include_input=False, include_url=False, include_context=False)[0]
    return f"{'.'.join(map(str, detail['loc']))}: {detail['msg']}"
