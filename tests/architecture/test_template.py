"""template.yaml and the code say the same: functions, routes, environment, schedules and tables."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from local.intrinsics import logical_id
from local.template import Template
from wallboard.runtime.api import FALLBACK, ROUTES
from wallboard.runtime.settings import Settings

ROOT = Path(__file__).parents[2]
TEMPLATE = Template()
FUNCTIONS = sorted(TEMPLATE.functions)

SETTINGS = {str(field.alias) for field in Settings.model_fields.values() if field.is_required()}


def given(function: str) -> dict[str, str]:
    """The environment of a function where every resource goes by its own name."""
    names = {name: name for name in TEMPLATE.document["Resources"]}
    return TEMPLATE.environment(names, function)


def properties(name: str) -> dict[str, Any]:
    found: dict[str, Any] = TEMPLATE.document["Resources"][name]["Properties"]
    return found


# ---- functions


def test_every_folder_of_functions_is_a_function_of_the_template_and_the_other_way_round() -> None:
    folders = {path.parent for path in (ROOT / "functions").glob("*/*.py")}
    assert {function.code for function in TEMPLATE.functions.values()} == folders


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_named_after_its_folder(name: str) -> None:
    """The Makefile finds the folder to build by this rule."""
    words = TEMPLATE.functions[name].code.name.split("_")
    assert name == "".join(word.capitalize() for word in words) + "Function"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_answers_before_api_gateway_gives_up(name: str) -> None:
    if any(route.function == name for route in TEMPLATE.routes) or name == TEMPLATE.authorizer:
        assert TEMPLATE.functions[name].timeout < 30


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_functions_logs_are_kept_for_as_long_as_the_parameter_says(name: str) -> None:
    group = logical_id(properties(name)["LoggingConfig"]["LogGroup"])
    assert group is not None
    assert properties(group)["RetentionInDays"] == {"Ref": "LogRetentionDays"}


# ---- routes


def test_the_routes_are_those_that_the_code_knows() -> None:
    routes = [route.key for route in TEMPLATE.routes]
    assert len(routes) == len(set(routes))
    assert set(routes) == {*ROUTES, FALLBACK}


@pytest.mark.parametrize("route", TEMPLATE.routes, ids=lambda route: route.key)
def test_a_route_asks_for_a_key_where_the_code_needs_one(route: Any) -> None:
    assert route.authorized == (ROUTES.get(route.key) is not None)


@pytest.mark.parametrize("key", ROUTES)
def test_a_route_leads_to_the_function_that_answers_it(key: str) -> None:
    [function] = [route.function for route in TEMPLATE.routes if route.key == key]
    assert f'@handler.on("{key}")' in (TEMPLATE.functions[function].code / "handler.py").read_text()


# ---- environment


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_environment_is_what_the_settings_need(name: str) -> None:
    ours = {variable for variable in given(name) if not variable.startswith("POWERTOOLS_")}
    assert ours == SETTINGS


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_settings_can_be_read_from_the_environment(name: str) -> None:
    settings = Settings.read(given(name))
    assert (settings.facts_table, settings.rollups_table) == ("FactsTable", "RollupsTable")
    assert (settings.state_table, settings.dead_letter_queue_url) == ("StateTable", "DeadLetterQueue")
    assert settings.retention_days == 400


@pytest.mark.parametrize("variable", sorted(SETTINGS))
def test_a_missing_variable_is_named(variable: str) -> None:
    environment = given(FUNCTIONS[0])
    del environment[variable]
    with pytest.raises(ValidationError, match=variable):
        Settings.read(environment)


# ---- what is kept, and what runs by the clock


@pytest.mark.parametrize("name", sorted(TEMPLATE.tables))
def test_a_table_can_be_recovered_is_encrypted_and_outlives_the_stack(name: str) -> None:
    table = properties(name)
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}
    assert TEMPLATE.document["Resources"][name]["DeletionPolicy"] == "Retain"


def test_facts_stream_their_keys_and_are_removed_by_the_attribute_that_segments_carry() -> None:
    facts = properties("FactsTable")
    assert facts["StreamSpecification"] == {"StreamViewType": "KEYS_ONLY"}
    assert facts["TimeToLiveSpecification"] == {"AttributeName": "exp", "Enabled": True}


def test_the_stream_goes_to_the_roll_up_with_all_that_a_bad_batch_needs() -> None:
    [stream] = TEMPLATE.streams
    assert (stream.function, stream.table) == ("RollUpFunction", "FactsTable")
    assert stream.bisect
    assert stream.partial
    assert 0 < stream.retries < 100
    assert stream.dead_letters == "DeadLetterQueue"
    assert properties("RollUpFunction")["Events"]["Facts"]["Properties"]["MaximumBatchingWindowInSeconds"] == {
        "Ref": "RollUpBatchingWindow"
    }


def test_a_schedule_exists_for_pulls_for_alerts_and_for_the_nightly_check() -> None:
    scheduled = {schedule.function for schedule in TEMPLATE.schedules}
    assert scheduled == {"PullSourcesFunction", "EvaluateAlertsFunction", "RollUpFunction"}
    assert all(isinstance(json.loads(schedule.input), dict) for schedule in TEMPLATE.schedules)
