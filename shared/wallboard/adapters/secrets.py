"""Secrets in Secrets Manager, all under one prefix, each a JSON object of texts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from pydantic_core import from_json, to_json

from wallboard.adapters.aws import calling
from wallboard.errors import NotFound, VendorRefuses


@dataclass(frozen=True, slots=True)
class SecretsManager:
    """The port `Secrets`. `client` is a botocore Secrets Manager client. What was fetched is kept for the life of the
    process, and never shown."""

    client: Any
    prefix: str
    _known: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False)

    def get(self, name: str) -> Mapping[str, str]:
        if name not in self._known:
            try:
                answer = calling(self.client.get_secret_value, SecretId=self._id(name))
            except ClientError as error:
                code = error.response["Error"]["Code"]
                if code in ("ResourceNotFoundException", "InvalidRequestException"):
                    raise NotFound(f"There is no secret {self._id(name)}") from None
                raise VendorRefuses(f"Secrets Manager does not give out {self._id(name)}: {code}") from None
            self._known[name] = from_json(answer["SecretString"])
        return self._known[name]

    def put(self, name: str, values: Mapping[str, str]) -> None:
        content = to_json(dict(values)).decode()
        try:
            calling(self.client.create_secret, Name=self._id(name), SecretString=content)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceExistsException":
                raise
            calling(self.client.put_secret_value, SecretId=self._id(name), SecretString=content)
        self.forget(name)

    def forget(self, name: str) -> None:
        self._known.pop(name, None)

    def delete(self, name: str) -> None:
        """At once: a source that is set up again under this name must find it free."""
        try:
            calling(self.client.delete_secret, SecretId=self._id(name), ForceDeleteWithoutRecovery=True)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceNotFoundException":
                raise
        self.forget(name)

    def _id(self, name: str) -> str:
        return f"{self.prefix}/{name}"
