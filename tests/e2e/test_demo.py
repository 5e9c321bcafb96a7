"""`make demo`, as far as a test can go: it makes its activity, pushes it, counts it again, and ends."""

import subprocess

import pytest

from tests.e2e.conftest import start

pytestmark = pytest.mark.e2e


def test_the_demo_agrees_with_its_own_recount() -> None:
    process = start("demo", "--once", "--port", "0", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    out, said = process.communicate(timeout=500)
    assert process.returncode == 0, said.decode()
    assert "recount agrees" in out.decode().lower()
    assert "Traceback" not in said.decode()
