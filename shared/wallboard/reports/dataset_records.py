"""Dataset Records."""

from typing import Annotated

from pydantic import Field

from wallboard.model.results import Id, Input, Output
from wallboard.reports._report import Data, Report


class DatasetRecordsInput(Input):
    dataset_ids: Annotated[
        list[Id], Field(max_length=1_000, description="The datasets to look at; unknown ones are left out.")
    ]


class DatasetRecords(Output):
    dataset_id: str
    records: int


class DatasetRecordsOutput(Output):
    total_records: int
    breakdown: list[DatasetRecords]


def build(asked: DatasetRecordsInput, data: Data) -> DatasetRecordsOutput:
    records = {dataset.id: dataset.count or 0 for dataset in data.gauges["dataset"]}
    wanted = [dataset for dataset in dict.fromkeys(asked.dataset_ids) if dataset in records]
    found = [DatasetRecords(dataset_id=dataset, records=records[dataset]) for dataset in wanted]
    return DatasetRecordsOutput(total_records=sum(each.records for each in found), breakdown=found)


REPORT = Report(
    id="cm7k3m5n8k000008jq7h9e5b1a",
    name="Dataset Records Report",
    description="How many records are in each of these datasets, and in all of them.",
    category="resource",
    definition="latest count of each dataset that is asked for and exists; each dataset once",
    unit="records",
    time_basis="now",
    created="2026-11-21",
    input=DatasetRecordsInput,
    output=DatasetRecordsOutput,
    gauges=("dataset",),
    build=build,
    compares=False,
    table="breakdown",
)
