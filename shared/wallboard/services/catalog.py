"""The catalogue of reports: found in their folder, known by their ids."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType

from wallboard.errors import BrokenMember, NotFound
from wallboard.registry import Family
from wallboard.reports._report import Report


@dataclass(frozen=True)
class Catalog:
    """All reports of a package. A file that cannot be loaded is kept by its name, with the reason, and fails alone."""

    package: ModuleType
    broken: dict[str, BrokenMember] = field(default_factory=dict)

    @cached_property
    def _by_id(self) -> dict[str, Report]:
        family = Family(self.package, attribute="REPORT", member=Report)
        found: dict[str, Report] = {}
        for name in family.names():
            try:
                report = family.load(name)
                if report.id in found:
                    raise BrokenMember(f"{name}.py: the id {report.id} is taken by {found[report.id].name}")
                found[report.id] = report
            except BrokenMember as error:
                self.broken[name] = error
        return found

    def __iter__(self) -> Iterator[Report]:
        """Every sound report, in the order of the day it was added, then of its id."""
        return iter(sorted(self._by_id.values(), key=lambda report: (report.created, report.id)))

    def find(self, report_id: str) -> Report:
        """The report with this id. A broken file answers to its own name: it raises BrokenMember with the reason. Raises
        NotFound for anything else."""
        try:
            return self._by_id[report_id]
        except KeyError:
            if report_id in self.broken:
                raise self.broken[report_id] from None
            raise NotFound("Report not found") from None
