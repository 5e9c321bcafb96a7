"""The settings of an installation, read from the environment that template.yaml declares."""

import os
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, Json


class Settings(BaseModel):
    """A missing or malformed variable raises pydantic's ValidationError, which names it."""

    model_config = ConfigDict(frozen=True)

    facts_table: Annotated[str, Field(alias="FACTS_TABLE")]
    rollups_table: Annotated[str, Field(alias="ROLLUPS_TABLE")]
    state_table: Annotated[str, Field(alias="STATE_TABLE")]
    dead_letter_queue_url: Annotated[str, Field(alias="DEAD_LETTER_QUEUE_URL")]
    alerts_topic_arn: Annotated[str, Field(alias="ALERTS_TOPIC_ARN")]
    evaluations_queue_url: Annotated[str, Field(alias="EVALUATIONS_QUEUE_URL")]
    pulls_queue_url: Annotated[str, Field(alias="PULLS_QUEUE_URL")]
    secrets_prefix: Annotated[str, Field(alias="SECRETS_PREFIX")]
    simulators: Annotated[Json[dict[str, str]], Field(alias="WALLBOARD_SIMULATORS")] = {}
    """Vendors' hosts and where their simulators are on this machine: of the local stack, nowhere else."""
    retention_days: Annotated[int, Field(alias="RETENTION_DAYS", ge=1)]

    @classmethod
    def read(cls, environment: Mapping[str, str] = os.environ) -> "Settings":
        return cls.model_validate(dict(environment))
