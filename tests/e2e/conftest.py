"""The stack as a user has it: a process of its own, driven over HTTP."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
KEY = "wb_key_of_the_tests"
BOT_STATS = "clr3m5n8k000e08jqbs0t1u5o"
PATIENCE = 120.0  # seconds until something must have happened, however busy the machine is

Event = dict[str, Any]
T = TypeVar("T")


class Served:
    """A `python -m local serve` that answers."""

    def __init__(self, process: subprocess.Popen[bytes], port: int, errors: Path) -> None:
        self.process, self.errors = process, errors
        # Nothing of the environment: a proxy in it would be asked for 127.0.0.1.
        self.http = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=PATIENCE, trust_env=False)

    def call(
        self, method: str, path: str, *, key: str | None = KEY, headers: Mapping[str, str] | None = None, **body: Any
    ) -> httpx.Response:
        mine = {"authorization": f"Bearer {key}"} if key else {}
        return self.http.request(method, path, headers={**mine, **(headers or {})}, **body)

    def push(self, *events: Event) -> dict[str, Any]:
        answer = self.call("POST", "/api/v1/event/ingest", json={"events": list(events)})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def generate(self, report: str, asked: Mapping[str, Any] | None = None, **call: Any) -> dict[str, Any]:
        answer = self.call("POST", f"/api/v1/platform/report/{report}/generate", json=asked or {}, **call)
        return dict(answer.json())

    def stats(self, bot: str) -> dict[str, Any]:
        """Bot Stats of one bot: each test has its own, so that they do not count each other's events."""
        return self.generate(BOT_STATS, {"botId": bot})

    def wait_for_stats(self, bot: str, **figures: int) -> dict[str, Any]:
        """Bot Stats, once it has these figures."""
        return until(lambda: self.stats(bot), lambda stats: figures.items() <= stats.items())

    def interrupt(self) -> tuple[int, str]:
        """Ctrl-C: the exit code, and what was said on stderr."""
        self.http.close()
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(PATIENCE), self.errors.read_text()


def until(look: Callable[[], T], good: Callable[[T], bool]) -> T:
    """What `look` finds, once it is good."""
    deadline = time.monotonic() + PATIENCE
    while not good(found := look()):
        assert time.monotonic() < deadline, f"still {found!r}"
        time.sleep(0.1)
    return found


@contextmanager
def serve(folder: Path, *arguments: str, key: str = KEY) -> Iterator[Served]:
    """Serves on a free port until the block ends; its output goes to files in `folder`."""
    port = free_port()
    errors = folder / f"stderr-{port}"
    with (folder / f"stdout-{port}").open("wb") as out, errors.open("wb") as err:
        process = start("serve", "--port", str(port), *arguments, key=key, stdout=out, stderr=err)
    served = Served(process, port, errors)
    try:
        until(lambda: _answers(served), bool)
        yield served
    finally:
        served.http.close()
        process.terminate()
        process.wait(PATIENCE)


def _answers(served: Served) -> bool:
    assert served.process.poll() is None, served.errors.read_text()
    try:
        # Until its key is registered the stack serves, but nobody can come in.
        return served.call("GET", "/api/v1/platform/report/list").status_code == 200
    except httpx.TransportError:
        return False


def start(*arguments: str, key: str = KEY, **streams: Any) -> subprocess.Popen[bytes]:
    """`python -m local` with a user's environment."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PYTEST_"))}
    environment = mine | {"WALLBOARD_API_KEY": key, "PYTHONUNBUFFERED": "1"}
    return subprocess.Popen([sys.executable, "-m", "local", *arguments], cwd=REPOSITORY, env=environment, **streams)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ago(hours: float = 3) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat()


def conversation(bot: str, name: str = "c-1", **more: Any) -> Event:
    return {"kind": "conversation", "id": f"{bot}-{name}", "botId": bot, "startedAt": ago(), **more}


def rating(bot: str, name: str = "r-1", **more: Any) -> Event:
    return {"kind": "rating", "id": f"{bot}-{name}", "botId": bot, "createdAt": ago(), "value": 1, **more}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One server for all tests of a file."""
    with serve(tmp_path_factory.mktemp("served")) as served:
        yield served
