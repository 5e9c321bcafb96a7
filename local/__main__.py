"""`python -m local serve|demo`: the stack on a laptop, until Ctrl-C."""

import argparse
import importlib
import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from local.product import TOTAL_CONVERSATIONS

if TYPE_CHECKING:
    from local.stack import Stack

TENANT = "demo"


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line and returns the exit code."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGINT, signal.SIGTERM):  # SIGINT too: a shell script lets its background jobs ignore it
        signal.signal(number, signal.default_int_handler)
    try:
        return _serve(options)
    except KeyboardInterrupt:
        return 0


def _serve(options: argparse.Namespace) -> int:
    # Imported here and not above: it takes half a second, and Ctrl-C must be heeded in it as well.
    from botocore.exceptions import EndpointConnectionError

    from local.http import CannotListen
    from local.intrinsics import TemplateError
    from local.ministack import MinistackError
    from local.simulators.serving import Vendors
    from local.stack import Stack

    payloads: Path | None = options.payloads
    if payloads and not payloads.is_dir():
        print(f"--payloads: {payloads} is no folder", file=sys.stderr)
        return 1
    vendors = Vendors(payloads) if payloads or options.command == "demo" else None
    try:
        with Stack(options.port, options.data, options.endpoint_url, vendors=vendors) as stack:
            try:
                return _run(stack, options)
            except KeyboardInterrupt:
                return 0
            finally:  # from here on nothing may interrupt the folding and keeping of what was accepted
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
    except (CannotListen, TemplateError, MinistackError, EndpointConnectionError) as error:
        print(error, file=sys.stderr)
    return 1


def _run(stack: "Stack", options: argparse.Namespace) -> int:
    given = os.environ.get("WALLBOARD_API_KEY")
    key = given or f"wb_{secrets.token_urlsafe(24)}"
    stack.open_tenant(TENANT, key)
    if options.command == "demo":
        demo: Any = importlib.import_module("local.demo")
        demo.run(stack, once=options.once)
        if options.once:
            return 0
    else:
        _say_hello(stack.url, None if given else key)
    threading.Event().wait()
    return 0


def _say_hello(url: str, made: str | None) -> None:
    if made:
        print(
            f"A key for tenant {TENANT}, made for this run and shown only now:\n\n  export WALLBOARD_API_KEY={made}\n"
        )
    key = '-H "Authorization: Bearer $WALLBOARD_API_KEY"'
    event = '{"kind": "conversation", "id": "c-1", "botId": "b-1", "startedAt": "\'$(date -u +%FT%TZ)\'"}'
    print(
        f"Wallboard is at {url} (Ctrl-C ends it). Three things to try:\n\n"
        f"  curl {key} -H 'Content-Type: application/json' \\\n"
        f"    -d '{{\"events\": [{event}]}}' {url}/api/v1/event/ingest\n\n"
        f"  curl {key} -X POST -d '{{}}' -H 'Content-Type: application/json' \\\n"
        f"    {url}/api/v1/platform/report/{TOTAL_CONVERSATIONS}/generate\n\n"
        f"  curl {url}/api/v1/health\n",
        flush=True,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m local", description="Wallboard on a laptop, without AWS.")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="an empty stack, or the one kept in --data")
    demo = commands.add_parser("demo", help="a month of activity and its reports")
    for command in (serve, demo):
        command.add_argument(
            "--port", type=_port, default=8787, help="of 127.0.0.1; 0 takes any free one (%(default)s)"
        )
        command.add_argument("--data", type=Path, metavar="DIR", help="keeps the data between runs in this folder")
        command.add_argument(
            "--payloads", type=Path, metavar="DIR", help="simulates the five vendors over the files of this folder"
        )
        command.add_argument("--endpoint-url", metavar="URL", help="another DynamoDB server, instead of ministack")
    once = os.environ.get("ONCE", "").lower() in ("1", "true", "yes")
    demo.add_argument("--once", action="store_true", default=once, help="end after printing; the same as ONCE=1")
    return parser


def _port(text: str) -> int:
    if not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: a number from 0 to 65535")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
