"""The simulators on ports of 127.0.0.1, and the sources that lead to them."""

import threading
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Self

from cheroot import wsgi

from local import product
from local.simulators import SIMULATORS
from local.simulators._simulator import Simulator
from local.simulators.centre import Centre


class Vendors:
    """A context manager: one server per vendor. With `payloads`, a folder of files in place of the made-up centre, sources
    are pulled on request only, and facts are kept as long as they can be: files may be of any year."""

    def __init__(self, payloads: Path | None = None, centre: Centre | None = None) -> None:
        now = _now
        self.simulators: list[Simulator] = [
            each(now=now, payloads=payloads, centre=centre or Centre()) for each in SIMULATORS.values()
        ]
        self.parameters: dict[str, Any] = {"RetentionDays": 3650} if payloads else {}
        self._every_hours = 0 if payloads else 24
        self.addresses: dict[str, str] = {}

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            for simulator in self.simulators:
                server = wsgi.Server(("127.0.0.1", 0), simulator, numthreads=4)
                server.prepare()
                stack.callback(server.stop)
                threading.Thread(target=server.serve, name=f"simulator {simulator.vendor}", daemon=True).start()
                address = f"http://127.0.0.1:{server.bind_addr[1]}"
                self.addresses |= dict.fromkeys(simulator.hosts, address)
            self._closing = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def set_up(self, tenant: str) -> None:
        """One source for each vendor, of its name."""
        for simulator in self.simulators:
            product.set_up_source(tenant, simulator.vendor, simulator.told(), every_hours=self._every_hours)


def _now() -> int:
    return time.time_ns() // 1_000_000
