"""The local server of DynamoDB, Secrets Manager, SNS and SQS: ministack as a child process that never outlives this one."""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Self

from local import guard

_REPOSITORY = Path(__file__).resolve().parent.parent
_READY_SECONDS = 30.0
_STOP_SECONDS = 60.0  # it writes all its data only now


class MinistackError(RuntimeError):
    """ministack is missing or did not start; the message says what to do."""


def executable() -> Path:
    """The ministack to run: WALLBOARD_MINISTACK, or the one that `make` installs. Raises MinistackError."""
    path = Path(os.environ.get("WALLBOARD_MINISTACK") or _REPOSITORY / ".tools" / "ministack" / "bin" / "ministack")
    if not path.is_file():
        raise MinistackError(f"{path} is not there: run `make install`, or name one in WALLBOARD_MINISTACK")
    return path


class Ministack:
    """A context manager: a server on a free port of 127.0.0.1, its data kept in `data` (a folder) or in memory only.

    The data is written when it is stopped, not before: ministack has no other time to do so. Stream records are
    never kept.
    """

    def __init__(self, data: Path | None = None) -> None:
        self._data = data
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> Self:
        self._log = tempfile.TemporaryFile()
        # A session of its own: Ctrl-C in the terminal must reach us only, or the server would go before the last fold.
        self._process = subprocess.Popen(
            [sys.executable, "-I", guard.__file__, str(executable())],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=self._log,
            env=self._environment(),
            start_new_session=True,
        )
        try:
            self._wait_until_ready()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stops the server and waits until its data is written."""
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            print("ministack did not stop in time; what it had not written yet is lost", file=sys.stderr)
            self._process.kill()
            self._process.wait()
        self._log.close()

    def _environment(self) -> dict[str, str]:
        kept = {
            key: value for key, value in os.environ.items() if not key.startswith(("AWS_", "LOCALSTACK_", "PYTHON"))
        }
        own = {
            "BIND_HOST": "127.0.0.1",
            "GATEWAY_PORT": str(self._port),
            "SERVICES": "dynamodb,dynamodbstreams,secretsmanager,sqs,sns",
            "LOG_LEVEL": "WARNING",
            "LAMBDA_EXECUTOR": "local",
            "IOT_MTLS_ENABLED": "0",  # else it opens port 8883 on every interface
            "SFTP_ENABLED": "0",
            "PERSIST_STATE": "1" if self._data else "0",
        }
        if self._data:
            self._data.mkdir(parents=True, exist_ok=True)
            own["STATE_DIR"] = str(self._data.resolve())
        return kept | own

    def _wait_until_ready(self) -> None:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        deadline = time.monotonic() + _READY_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            try:
                with opener.open(f"{self.url}/_ministack/ready", timeout=2):
                    return
            except OSError:
                time.sleep(0.02)
        self._log.seek(0)
        said = self._log.read()[-2000:].decode(errors="replace").strip()
        raise MinistackError(f"ministack did not start on {self.url}:\n{said}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
