"""Writes records into a feature group, each once: what the online store has is not written again.

PutRecord appends to the offline store whatever the online store has, so a second run must compare
first. The records of an identifier are written in the order of their event times. So the online
store has the last one that was written, and a run that was interrupted can be repeated.
"""

import functools
import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field, fields

from pipeline_code.runtime.feature_declaration import DeclaredGroup
from pipeline_code.runtime.feature_records import Record
from pipeline_code.runtime.feature_store import (
    ATTEMPTS,
    MAX_BATCH,
    FeatureStore,
    backoff_seconds,
)
from pipeline_code.runtime.job_errors import DataError, JobError

# The records of each identifier of a batch.
Batch = dict[str, list[Record]]
# The batches between two lines of progress.
BATCHES_PER_WORKER = 2


@dataclass(frozen=True, kw_only=True)
class Counts:
    """The number of records: read, and what became of them.

    `unchanged` are online with these values, `older` are older than the record online, `refused`
    have the event time of the record online and other values.
    """

    read: int = 0
    written: int = 0
    unchanged: int = 0
    older: int = 0
    refused: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        names = [each.name for each in fields(self)]
        return Counts(**{name: getattr(self, name) + getattr(other, name) for name in names})

    def __str__(self) -> str:
        return ", ".join(f"{name} {number}" for name, number in asdict(self).items())


@dataclass
class Plan:
    """What to do with the records of one identifier; `written` is in the order of event times."""

    written: list[Record] = field(default_factory=list)
    unchanged: int = 0
    older: int = 0
    refused: list[Record] = field(default_factory=list)


@dataclass(frozen=True, kw_only=True)
class Ingested:
    """The counts of an ingestion, and the first records that were refused."""

    counts: Counts = Counts()
    refused: tuple[Record, ...] = ()

    def __add__(self, other: "Ingested") -> "Ingested":
        return Ingested(
            counts=self.counts + other.counts, refused=(*self.refused, *other.refused)[:1]
        )


def plan(records: Iterable[Record], online: Record | None, group: DeclaredGroup) -> Plan:
    """Decide what to do with the records of one identifier, whose online record is given."""
    found, latest = Plan(), online
    for record in sorted(records, key=lambda each: each.event_time):
        if latest is None or record.event_time > latest.event_time:
            found.written.append(record)
            latest = record
        elif record.event_time < latest.event_time:
            found.older += 1
        elif record.equals(latest, group):
            found.unchanged += 1
        else:
            found.refused.append(record)
    return found


def batches(sorted_records: Iterable[Record]) -> Iterator[Batch]:
    """Yield the records of up to 100 identifiers at a time."""
    by_identifier = (
        (identifier, list(found))
        for identifier, found in itertools.groupby(sorted_records, key=lambda each: each.identifier)
    )
    while batch := dict(itertools.islice(by_identifier, MAX_BATCH)):
        yield batch


def ingest(
    store: FeatureStore,
    batches: Iterable[Batch],
    *,
    workers: int,
    show: Callable[[str], None] = print,
) -> Ingested:
    """Write the records of the batches, each batch in one of `workers` threads.

    Raises JobError if a record cannot be written, or is not online after it was written.
    """
    total = Ingested()
    waiting = iter(batches)
    with ThreadPoolExecutor(workers) as pool:
        # `map` reads all of its batches at once, so it gets a part of them.
        while part := list(itertools.islice(waiting, BATCHES_PER_WORKER * workers)):
            for each in pool.map(functools.partial(_ingest, store), part):
                total += each
            show(f"{store.group.name}: {total.counts}")
    return total


def require_accepted(ingested: Ingested, group: DeclaredGroup) -> None:
    """Raise DataError if records were refused."""
    if not ingested.refused:
        return
    first = ingested.refused[0]
    raise DataError(
        f"{group.name}: {ingested.counts.refused} records refused, all others are written "
        f"({ingested.counts}). The first one: {group.record_identifier} "
        f"{first.identifier!r:.80}, {group.event_time} {first.values[group.event_time]}. The "
        "online store, or the input, has other values with this event time, which the service "
        "never replaces: give the changed row a later event time"
    )


def _ingest(store: FeatureStore, batch: Batch) -> Ingested:
    online = store.read(list(batch))
    plans = {
        identifier: plan(records, online.get(identifier), store.group)
        for identifier, records in batch.items()
    }
    for each in plans.values():
        for record in each.written:
            store.put(record)
    _check_online(store, {name: each.written[-1] for name, each in plans.items() if each.written})
    return Ingested(
        counts=Counts(
            read=sum(map(len, batch.values())),
            written=sum(len(each.written) for each in plans.values()),
            unchanged=sum(each.unchanged for each in plans.values()),
            older=sum(each.older for each in plans.values()),
            refused=sum(len(each.refused) for each in plans.values()),
        ),
        refused=tuple(record for each in plans.values() for record in each.refused),
    )


def _check_online(store: FeatureStore, written: dict[str, Record]) -> None:
    """Check that every identifier has its last record online, or a later one."""
    missing: Sequence[str] = list(written)
    for attempt in range(ATTEMPTS):
        if attempt:
            store.sleep(backoff_seconds(attempt))
        online = store.read(missing)
        missing = [
            identifier
            for identifier in missing
            if identifier not in online
            or online[identifier].event_time < written[identifier].event_time
        ]
        if not missing:
            return
    raise JobError(
        f"{store.group.name}: {len(missing)} records were written, but are not online, such as "
        f"{missing[0]!r:.80}: a later deletion hides such a record; delete it with HardDelete, or "
        "give the row a later event time"
    )
