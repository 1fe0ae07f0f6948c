"""A preprocessing job: reads this instance's rows in batches, writes its part of each output."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_profile import Profile, profile_of
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.monitored_inputs import InputsWriter
from pipeline_code.runtime.shard_files import ShardFile, shard_files
from pipeline_code.runtime.shards import check_same_columns, part_writer, require_count
from pipeline_code.runtime.training_ranges import TrainingRanges, ranges_of
from pipeline_code.runtime.xgboost_csv import Labelled, LabelledWriter

# The rows of a profile: it is faster for more rows, and they are in memory.
ROWS_OF_PROFILE = 2**19


class Preparation:
    """The rows of processing inputs, and the outputs of a preprocessing job.

    The rows are the union of those of all `inputs`, which have the same columns. Each output is a
    part that is named after this host. At the end, the outputs `profile` and `report` are written:
    the profile of all rows, and the numbers of rows by file and output. The memory is bounded by a
    batch. With several instances an instance may get no rows, so only a single instance rejects an
    input without rows; otherwise training rejects it. `what` begins the message.
    """

    def __init__(
        self,
        container: Container,
        dataset: Dataset,
        *,
        what: str,
        key: Sequence[str] = (),
        inputs: Sequence[str] = ("data",),
    ) -> None:
        self._container, self._dataset = container, dataset
        self._what, self._key, self._inputs_read = what, key, inputs
        self._profile, self._unprofiled = Profile(0, {}, {}), list[pa.Table]()
        self._rows_by_file: dict[str, int] = {}
        self._counts, self._nulls = Counter[str](), Counter[str]()
        # Further members of the report.
        self.facts: dict[str, Any] = {}
        self._ranges: TrainingRanges | None = None
        self._stack = ExitStack()
        self._sides: dict[str, pq.ParquetWriter] = {}
        self._labelled: dict[str, LabelledWriter] = {}
        self._inputs: dict[str, InputsWriter] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: Any, traceback: TracebackType | None
    ) -> None:
        self._stack.close()
        if kind is None:
            self._write_profile()
            self._write_ranges()
            self._write_report()

    def batches(self) -> Iterator[pa.Table]:
        """Yield the rows in batches, at least one; raises DataError like `read_shards`."""
        columns: dict[str, list[str]] = {}
        for file in self._files():
            self._rows_by_file[file.name] = 0
            for table in file.tables():
                if table.num_rows:
                    columns[file.name] = table.column_names
                    check_same_columns(columns)
                    self._rows_by_file[file.name] += table.num_rows
                    self._describe(table)
                    yield table
        if not columns:
            if len(self._container.hosts) == 1:
                require_count(0, files=len(self._rows_by_file), what=self._what)
            schema = self._dataset.schema
            yield schema.select(schema.required).arrow().empty_table()

    def write(self, **sides: pa.Table) -> None:
        """Write rows of each side to the output of the same name, as Parquet."""
        for name, rows in sides.items():
            if name not in self._sides:
                folder = self._container.processing_output(name)
                writer = part_writer(rows.schema, folder, host=self._container.host)
                self._sides[name] = self._stack.enter_context(writer)
            self._sides[name].write_table(rows)
            self._counts[name] += rows.num_rows

    def write_labelled(self, **sides: Labelled) -> None:
        """Write rows of each side to the output of the same name, in the format of XGBoost.

        Without rows no file is written, because the built-in algorithm does not accept it.
        """
        for name, labelled in sides.items():
            if name not in self._labelled:
                path = self._container.processing_output(name) / f"part-{self._container.host}.csv"
                self._labelled[name] = self._stack.enter_context(LabelledWriter(path))
            self._labelled[name].write(labelled)
            self._counts[name] += len(labelled.labels)

    def write_inputs(self, **outputs: pa.Table) -> None:
        """Write the monitored inputs of rows to outputs, to compare with those of requests."""
        for name, rows in outputs.items():
            if name not in self._inputs:
                folder = self._container.processing_output(name)
                writer = InputsWriter(self._dataset.inputs, folder, host=self._container.host)
                self._inputs[name] = self._stack.enter_context(writer)
            self._inputs[name].write(rows)

    def add_ranges(self, rows: pa.Table) -> None:
        """Write the ranges of training rows to the output `ranges`.

        Training rows that are encoded have other values, so training merges these files.
        """
        known = self._ranges or TrainingRanges({})
        self._ranges = known.merged(ranges_of(rows, self._dataset))

    def _files(self) -> list[ShardFile]:
        """The files of all inputs; of several inputs, with the name of the input before theirs."""
        found = []
        for name in self._inputs_read:
            folder = self._container.processing_input(name)
            files = shard_files(folder, self._dataset.schema)
            several = len(self._inputs_read) > 1
            found += [replace(f, name=f"{name}/{f.name}") if several else f for f in files]
        return found

    def _describe(self, rows: pa.Table) -> None:
        self._nulls.update({name: rows[name].null_count for name in rows.column_names})
        self._unprofiled.append(rows)
        if sum(table.num_rows for table in self._unprofiled) >= ROWS_OF_PROFILE:
            self._add_profile()

    def _add_profile(self) -> None:
        if self._unprofiled:
            rows = pa.concat_tables(self._unprofiled)
            self._profile = self._profile.merged(profile_of(rows, self._dataset, key=self._key))
            self._unprofiled = []

    def _write_profile(self) -> None:
        self._add_profile()
        path = self._container.processing_output("profile") / f"profile-{self._container.host}.json"
        path.write_text(self._profile.to_json(), encoding="utf-8")

    def _write_ranges(self) -> None:
        if self._ranges is not None:
            name = f"ranges-{self._container.host}.json"
            self._ranges.save(self._container.processing_output("ranges") / name)

    def _write_report(self) -> None:
        report = {
            "host": self._container.host,
            "files": self._rows_by_file,
            "rows": {"read": sum(self._rows_by_file.values()), **self._counts},
            "nulls": {name: count for name, count in self._nulls.items() if count},
            **self.facts,
        }
        path = self._container.processing_output("report") / f"report-{self._container.host}.json"
        path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
        print(json.dumps(report))
