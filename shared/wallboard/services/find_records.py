"""The record reports that there are, and what a vendor's streams say of personal data."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType

from wallboard.errors import BrokenMember
from wallboard.records._record import Record, Records
from wallboard.registry import Family
from wallboard.services.ports import Sources
from wallboard.sources._read import squashed
from wallboard.sources._source import Source


@dataclass(frozen=True)
class RecordCatalog:
    """All record reports of a package, by name. A file that cannot be loaded is kept by its name, with the reason, and fails
    alone."""

    package: ModuleType
    broken: dict[str, BrokenMember] = field(default_factory=dict)

    @cached_property
    def _by_name(self) -> Mapping[str, tuple[str, Record]]:
        family = Family(self.package, attribute="RECORDS", member=Records)
        found: dict[str, tuple[str, Record]] = {}
        for name in family.names():
            try:
                declared = family.load(name)
                found |= {record.name: (declared.vendor, record) for record in declared.records}
            except BrokenMember as error:
                self.broken[name] = error
        return found

    def __iter__(self) -> Iterator[tuple[str, Record]]:
        """(vendor, record report) of each, in the order of their names."""
        return iter(found for _, found in sorted(self._by_name.items()))

    def find(self, name: str) -> tuple[str, Record] | None:
        return self._by_name.get(name)


class Origins:
    """Whose rows the facts of a tenant carry: a source is of a vendor as long as it is set up."""

    def __init__(self, tenant: str, sources: Sources, vendors: Family[Source]) -> None:
        self._vendor_of = {config.name: config.vendor for config in sources.all(tenant)}
        self._vendors = vendors
        self._personal: dict[tuple[str, str], frozenset[str] | None] = {}

    def vendor(self, source: str) -> str | None:
        """None for a source that is not set up: what it says was pushed, or the source was removed."""
        return self._vendor_of.get(source)

    def personal(self, source: str, stream: str | None) -> frozenset[str] | None:
        """The squashed names of the columns of a stream that are of customers; None where nobody knows."""
        vendor = self.vendor(source)
        if vendor is None or stream is None:
            return None
        if (vendor, stream) not in self._personal:
            self._personal[vendor, stream] = self._declared(vendor, stream)
        return self._personal[vendor, stream]

    def _declared(self, vendor: str, stream: str) -> frozenset[str] | None:
        try:
            streams = self._vendors.load(vendor).streams
        except BrokenMember:
            return None
        said = next((each.personal for each in streams if each.name == stream), None)
        return None if said is None else frozenset(map(squashed, said))
