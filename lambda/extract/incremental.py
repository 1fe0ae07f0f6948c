"""Incremental extraction: the days that the lake does not have are unloaded, the others are read.

1. The warehouse counts the rows of each day.
2. The days that are unloaded: those that are not in the list of kept days, whose number of rows has
   changed, whose files will expire, and the last kept days, as late rows may have arrived.
3. UNLOAD writes them to a location of its own, with a folder for each day.
4. The list with the unloaded and the kept days is published, and the manifest for SageMaker lists
   the files of the days of the period.

The location of the list contains a digest of the query, its values, columns and format, so another
query starts with an empty list.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from day_lists import DayList, DayLists, KeptDay
from day_query import UNLOADED_DAY, Column, DayQuery, DaysRefused, Span, spans_of
from extraction import Extraction
from objects import read_manifest
from unloading import ExtractionFailed, Warehouse, finished, rows_of

logger = logging.getLogger()

# A run reads files for as long as its steps may be reused or run again.
_READ_DAYS = 30
# Of a message; SageMaker limits the outputs of a step.
_MOST_NAMED_SPANS = 5


@dataclass(frozen=True)
class Plan:
    """What follows from the count of rows: the days `to_unload`, and the `listed` days to read."""

    lists: DayLists
    counted: Mapping[str, int]
    listed: DayList
    to_unload: Collection[str]
    statement: str

    @property
    def location(self) -> str:
        """The location of the rows that this run unloads: the statement that counted has no other.

        No run has written to it, so nothing is overwritten.
        """
        return f"{self.lists.location}{self._folder}"

    @property
    def spans(self) -> list[Span]:
        """The days to unload."""
        return spans_of(self.to_unload, self.counted)

    @property
    def _folder(self) -> str:
        return f"rows/{self.statement}/"

    def unloaded(self, s3: Any, extraction: Extraction, now: datetime) -> dict[str, KeptDay]:
        """Return the days that UNLOAD has written, after it has finished.

        Raises:
            ExtractionFailed: it has written no rows, although there were some to count.
        """
        if not self.to_unload:
            return {}
        entries = read_manifest(s3, self.location).get("entries", ())
        if not entries:
            raise ExtractionFailed(
                f"UNLOAD wrote no manifest with files to {self.location}, expected the rows of "
                f"{len(self.to_unload)} days: if they were deleted meanwhile, start the run again"
            )
        files: dict[str, list[Mapping[str, Any]]] = {}
        for entry in entries:
            folder = entry["url"].removeprefix(self.location).partition("/")[0]
            files.setdefault(folder.removeprefix(f"{UNLOADED_DAY}="), []).append(entry)
        return {
            day: KeptDay(
                rows_of(
                    extraction,
                    sum(each["meta"]["record_count"] for each in entries),
                    files=len(entries),
                ),
                now.isoformat(),
                tuple(each["url"].removeprefix(self.lists.location) for each in entries),
            )
            for day, entries in files.items()
        }


@dataclass(frozen=True)
class IncrementalExtraction:
    """An extraction at the time `now`, for the step of one execution."""

    extraction: Extraction
    days: DayQuery
    warehouse: Warehouse
    s3: Any
    now: datetime

    @property
    def counting(self) -> dict[str, Any]:
        """The request to the Data API that counts the rows."""
        return self.warehouse.request(self.days.counting, self.days.bound)

    def unloading(self, plan: Plan) -> dict[str, Any]:
        """Return the request to the Data API that unloads the days of the plan."""
        role = self.warehouse.settings.warehouse_role_arn
        sqls = self.extraction.statements_of_days(self.days, plan.spans, plan.location, role)
        return self.warehouse.request(sqls, self.days.bound)

    def run(self, execution_id: str, seconds_left: Callable[[], float]) -> dict[str, str]:
        """Count, unload, wait, and return the outputs of the step.

        Raises:
            ExtractionFailed: a statement failed or took too long, or there are no rows.
        """
        work = ["count", execution_id, json.dumps(self.counting)]
        counted = self.warehouse.run(work, self.counting, seconds_left)
        plan = self.plan(counted)
        if plan.to_unload:
            self.warehouse.run([plan.location], self.unloading(plan), seconds_left, once=True)
        return self.outputs(plan)

    def plan(self, counted: str, number: int | None = None) -> Plan:
        """Return the plan after the statement `counted` has finished.

        `number` is that of the list; by default that of the list that applies now.

        Raises:
            ExtractionFailed: a row has no day.
        """
        try:
            found = self.days.counted(self.warehouse.client, counted)
        except DaysRefused as error:
            raise ExtractionFailed(str(error)) from error
        lists = DayLists(self.s3, f"{self.extraction.kept_uri}{self._digest(found.columns)}/")
        listed = lists.read(lists.latest_number() if number is None else number)
        oldest = self.now - timedelta(days=self.warehouse.settings.extracted_days - _READ_DAYS)
        usable = listed.since(oldest)
        if self.extraction.renewed:
            usable = DayList(listed.number, self._outside(usable))
        return Plan(lists, found.rows, usable, self._to_unload(found.rows, usable), counted)

    def _to_unload(self, counted: Mapping[str, int], listed: DayList) -> set[str]:
        """Return the days to unload."""
        late = self.days.since(max(listed.days)) if listed.days else ""
        return {
            day
            for day, rows in counted.items()
            if day not in listed.days or listed.days[day].rows != rows or day >= late
        }

    def _digest(self, columns: Collection[Column]) -> str:
        """Return 32 hexadecimal digits that change with everything that the files depend on."""
        extraction, bound = self.extraction, self.days.bound
        values = sorted(bound.values.items())
        parts = [bound.query, values, list(columns), self.days.column, extraction.format]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]

    def outputs(self, plan: Plan) -> dict[str, str]:
        """Publish the days, write the manifest for SageMaker and return the outputs of the step.

        Raises:
            ExtractionFailed: there are no rows, and the step requires rows.
        """
        unloaded = plan.unloaded(self.s3, self.extraction, self.now)
        kept = {
            day: plan.listed.days[day]
            for day in plan.counted
            if day not in plan.to_unload and day not in unloaded
        }
        if unloaded:
            self._publish(plan, kept | unloaded)
        files = [
            file for each in (kept, unloaded) for day in sorted(each) for file in each[day].files
        ]
        rows = _rows(kept) + _rows(unloaded)
        outputs = finished(
            self.s3, self.extraction, plan.lists.location, files, rows=rows, query_id=plan.statement
        )
        message = f"warehouse: {_named(unloaded, plan)}; lake: {_named(kept, plan)}"
        logger.info("%s", message)
        return {
            **outputs,
            "unloaded_rows": str(_rows(unloaded)),
            "kept_rows": str(_rows(kept)),
            "message": message,
        }

    def _outside(self, listed: DayList) -> dict[str, KeptDay]:
        """Return the kept days outside the period."""
        first, last = self.days.period
        return {day: kept for day, kept in listed.days.items() if not first <= day <= last}

    def _publish(self, plan: Plan, days: dict[str, KeptDay]) -> None:
        """Publish a list with the days of the period, unless another run has extended the same one.

        Then this run reads its files nevertheless, and the next run extends the list of the other.
        Renewed days are published after those of the other run, and replace them.
        """
        listed = plan.listed
        while not plan.lists.publish(listed.number + 1, self._outside(listed) | days):
            logger.info("Another run has published the list %d", listed.number + 1)
            if not self.extraction.renewed:
                return
            listed = plan.lists.read(listed.number + 1)


def _rows(days: Mapping[str, KeptDay]) -> int:
    return sum(each.rows for each in days.values())


def _named(days: Mapping[str, KeptDay], plan: Plan) -> str:
    """Return the numbers and the days: "2 of 9 days (2008-01-01 to 2008-01-02), 41 rows"."""
    spans = spans_of(days, plan.counted)
    named = [
        first if first == last else f"{first} to {last}"
        for first, last in spans[:_MOST_NAMED_SPANS]
    ]
    if len(spans) > _MOST_NAMED_SPANS:
        named.append(f"and {len(spans) - _MOST_NAMED_SPANS} more")
    which = f" ({', '.join(named)})" if named else ""
    return f"{len(days)} of {len(plan.counted)} days{which}, {_rows(days)} rows"
