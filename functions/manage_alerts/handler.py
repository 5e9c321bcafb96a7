"""GET /api/v1/alert/… and POST /api/v1/alert/…: look at alerts, evaluate them now, acknowledge, silence and resolve them."""

from collections.abc import Callable

from wallboard.runtime import wiring
from wallboard.runtime.http import Door, Request, Response, as_json
from wallboard.runtime.telemetry import log
from wallboard.services import manage_alerts as alerts
from wallboard.services.send_letters import send_letters

handler = Door()


@handler.on("GET /api/v1/alert/list")
def list_(request: Request) -> Response:
    found = wiring.parts().alerts
    return as_json(alerts.list_alerts(request.query_as(alerts.AlertPage), tenant=request.tenant, alerts=found))


@handler.on("GET /api/v1/alert/{alertId}")
def history(request: Request) -> Response:
    return as_json(alerts.history_of(request.path["alertId"], tenant=request.tenant, alerts=wiring.parts().alerts))


@handler.on("POST /api/v1/alert/evaluate")
def evaluate(request: Request) -> Response:
    done = wiring.parts().evaluate_alerts(request.tenant, now=wiring.parts().now())
    _send(request.tenant)
    return as_json(alerts.show_evaluation(done))


@handler.on("POST /api/v1/alert/{alertId}/acknowledge")
def acknowledge(request: Request) -> Response:
    return _act(request, alerts.Note, alerts.Actor.acknowledge)


@handler.on("POST /api/v1/alert/{alertId}/silence")
def silence(request: Request) -> Response:
    return _act(request, alerts.Silence, alerts.Actor.silence)


@handler.on("POST /api/v1/alert/{alertId}/resolve")
def resolve(request: Request) -> Response:
    return _act(request, alerts.Note, alerts.Actor.resolve)


def _act(request: Request, model: type[alerts.Note], act: Callable[..., alerts.AlertItem]) -> Response:
    parts = wiring.parts()
    actor = alerts.Actor(request.tenant, f"key {request.key_id}", parts.now(), parts.alerts, parts.directory)
    alert = act(actor, request.path["alertId"], request.body_as(model))
    _send(request.tenant)
    return as_json(alert)


def _send(tenant: str) -> None:
    parts = wiring.parts()
    try:
        send_letters(tenant, alerts=parts.alerts, topic=parts.topic, now=parts.now())
    except Exception:  # what is done is done: the letter is sent by the next evaluation
        log.exception("letters wait", tenant=tenant)
