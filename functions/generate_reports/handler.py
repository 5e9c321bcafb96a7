"""POST /api/v1/platform/report/generate (many reports, each failing alone) and …/{reportId}/generate (one)."""

from collections.abc import Mapping
from typing import Any

from wallboard.errors import BrokenMember, InvalidRequest, RequestError, TryAgain
from wallboard.runtime import wiring
from wallboard.runtime.http import Door, Request, Response, as_json, freshness
from wallboard.runtime.telemetry import log
from wallboard.services.generate_reports import Answers, generate_reports
from wallboard.services.tabulate import as_csv

handler = Door()


@handler.on("POST /api/v1/platform/report/generate")
def batch(request: Request) -> Response:
    asked = request.json()
    if not isinstance(asked, dict):
        raise InvalidRequest(f"the body must be an object of report id → input, not {type(asked).__name__}")
    answers = _generate(request, asked)
    results = {
        name: _failure(result) if isinstance(result, Exception) else result for name, result in answers.results.items()
    }
    return as_json(results, headers=freshness(answers.newest, answers.now))


@handler.on("POST /api/v1/platform/report/{reportId}/generate")
def single(request: Request) -> Response:
    name = request.path["reportId"]
    answers = _generate(request, {name: request.json()})
    result = answers.results[name]
    if isinstance(result, Exception):
        raise result
    headers = freshness(answers.newest, answers.now)
    if request.accepts("text/csv"):
        table = as_csv(wiring.parts().catalog.find(name), result)
        return Response(table, content_type="text/csv; charset=utf-8", headers=headers)
    return as_json(result, headers=headers)


def _generate(request: Request, asked: Mapping[str, Any]) -> Answers:
    parts = wiring.parts()
    return generate_reports(
        asked,
        tenant=request.tenant,
        now=parts.now(),
        zone=request.zone(),
        catalog=parts.catalog,
        stores=parts.stores,
        shows_people="pii" in request.scopes,
    )


def _failure(error: Exception) -> dict[str, str]:
    if isinstance(error, RequestError | TryAgain | BrokenMember):
        return {"error": str(error)}
    log.error("a report failed", exc_info=error)
    return {"error": "Internal server error"}
