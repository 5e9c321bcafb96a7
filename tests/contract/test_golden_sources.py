"""Every sample file becomes exactly the facts that were read by hand against the vendor's description."""

import pytest

from tests.contract.golden_sources import cases, facts, golden


@pytest.mark.parametrize(("vendor", "name"), list(cases()))
def test_a_sample_becomes_its_golden_facts(vendor: str, name: str) -> None:
    assert facts(vendor, name) == golden(vendor, name).read_text("utf-8").splitlines()
