"""What a tenant may change about the rules, and about who is told."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from wallboard.alerts._rule import SEVERITIES, Rule, Severity
from wallboard.errors import InvalidRequest


class _Settings(BaseModel):
    model_config = ConfigDict(strict=True, alias_generator=to_camel, extra="forbid", frozen=True)


class RuleSettings(_Settings):
    """What is not given is as the rule has it. A rule fires after `times` findings in `of` evaluations. `per`: a rule about
    queues looks at each queue, or each team, by itself."""

    enabled: bool = True
    levels: Annotated[dict[Severity, int], Field(min_length=1)] | None = None
    least: Annotated[int, Field(ge=1)] | None = None
    period_days: Annotated[int, Field(ge=1, le=90)] | None = None
    times: Annotated[int, Field(ge=1, le=10)] | None = None
    of: Annotated[int, Field(ge=1, le=10)] | None = None
    per: Literal["queue", "team"] | None = None


class NotifySettings(_Settings):
    """Who is told of what: transitions of this severity and above, of these types (all unless named). `channel` is a word
    for subscriptions to filter by."""

    level: Severity = "critical"
    types: list[Annotated[str, Field(max_length=64)]] | None = None
    channel: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,64}$")] = "default"


class AlertSettings(_Settings):
    """`rules` by the name of their file."""

    rules: dict[str, RuleSettings] = {}
    notify: NotifySettings = NotifySettings()


def tuned(rules: Mapping[str, Rule], settings: AlertSettings) -> dict[str, Rule]:
    """The rules as a tenant has them, without those that are switched off."""
    found = {}
    for name, rule in rules.items():
        given = settings.rules.get(name, RuleSettings())
        if given.enabled:
            wanted = given.model_dump(exclude={"enabled"}, exclude_none=True)
            found[name] = replace(rule, **wanted)
    return found


def check(settings: AlertSettings, rules: Mapping[str, Rule]) -> None:
    """Raises InvalidRequest that names the first setting that makes no sense for its rule."""
    for name, given in settings.rules.items():
        if name not in rules:
            raise InvalidRequest(f"rules.{name}: there is no such rule; there are {', '.join(sorted(rules))}")
        rule = replace(rules[name], **given.model_dump(exclude={"enabled"}, exclude_none=True))
        levels = [rule.levels[severity] for severity in reversed(SEVERITIES) if severity in rule.levels]
        sign = 1 if min(rules[name].levels.values()) > 0 else -1
        if any(level * sign <= 0 for level in levels) or sorted(levels, key=abs) != levels:
            side = "above" if sign > 0 else "below"
            raise InvalidRequest(
                f"rules.{name}.levels: must lie {side} 0 and be further from it the worse it is, not {levels}"
            )
        if given.per is not None and not rules[name].what:
            raise InvalidRequest(f"rules.{name}.per: this rule is not about queues")
        if rule.times > rule.of:
            raise InvalidRequest(f"rules.{name}.times: {rule.times} findings in {rule.of} evaluations cannot be")
    types = sorted({rule.type for rule in rules.values()})
    for type_ in settings.notify.types or ():
        if type_ not in types:
            raise InvalidRequest(f"notify.types: {type_!r} is no type of alert; there are {', '.join(types)}")
