"""POST /api/v1/event/ingest: stores pushed events. Parsed in one go, without a resolver: this is the hot path."""

from dataclasses import asdict

from wallboard.runtime import wiring
from wallboard.runtime.http import Door, Request, Response, as_json
from wallboard.runtime.telemetry import count
from wallboard.services.ingest import ingest

handler = Door()


@handler.on("POST /api/v1/event/ingest")
def push(request: Request) -> Response:
    parts = wiring.parts()
    receipt = ingest(
        request.body,
        request.headers.get("content-type", ""),
        tenant=request.tenant,
        now=parts.now(),
        retention_days=parts.retention_days,
        facts=parts.facts,
        gauges=parts.gauges,
        directory=parts.directory,
    )
    count(EventsAccepted=receipt.accepted, EventsRejected=len(receipt.rejected))
    return as_json(asdict(receipt))
