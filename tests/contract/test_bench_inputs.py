"""The benchmark asks reports for what they take: it is not run with the tests."""

import pytest

from bench.reading import asked_of, measured_reports
from wallboard.reports._report import Report


@pytest.mark.parametrize("report", measured_reports(), ids=lambda report: report.id)
def test_a_measured_report_takes_what_it_is_asked(report: Report) -> None:
    given = asked_of(report)
    asked = report.input.model_validate(given)
    assert {report.input.model_fields[name].alias for name in asked.model_fields_set} == given.keys()


def test_eleven_reports_are_measured() -> None:
    assert len(measured_reports()) == 11
