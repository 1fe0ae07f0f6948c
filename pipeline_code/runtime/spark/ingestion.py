"""Writes the rows of the input `data` into a feature group, as the tasks of Spark jobs.

The first job checks all rows, with a task for each file. The second one distributes the records by
their identifiers: one task writes all records of an identifier, in the order of their event times.
The checks, the records and the comparison with the online store are those of an ingestion without
Spark, so the records are the same.

Tasks have the credentials of the job: the image passes AWS_CONTAINER_CREDENTIALS_RELATIVE_URI to
them (https://github.com/aws/sagemaker-spark-container, hadoop-config/yarn-site.xml).
"""

import importlib
import os
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline_code.runtime.container import Container, current_container
from pipeline_code.runtime.feature_ingestion import Ingested, batches, ingest
from pipeline_code.runtime.feature_records import Record
from pipeline_code.runtime.feature_store import SERVICE, FeatureStore
from pipeline_code.runtime.ingestion_job import files_of_job, finish, group_of_job, workers_of_job
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import JobError
from pipeline_code.runtime.spark.packages import install_packages
from pipeline_code.runtime.spark.shares import job_environment, spark_context


def run(container: Container) -> None:
    """Write the rows, and the report of their numbers to the output `report`.

    Raises JobError with the message of the first task that failed.
    """
    group, context = group_of_job(), spark_context()
    paths = list(map(str, files_of_job(container)))
    files = context.parallelize(paths, max(1, len(paths)))
    checked = files.map(check_file).collect()
    _require(message for _, message in checked)
    print(f"{group.name}: {sum(rows for rows, _ in checked)} rows are valid")
    parts = files.flatMap(keyed_records).repartitionAndSortWithinPartitions(
        context.defaultParallelism, part_of
    )
    written = parts.mapPartitions(write_records).collect()
    context.stop()
    _require(message for _, message in written)
    finish(container, group, sum((ingested for ingested, _ in written), Ingested()))


def check_file(path: str) -> tuple[int, str]:
    """Check the rows of a file, in a task; return their number, or why one cannot be written."""
    try:
        return sum(1 for _ in keyed_records(path)), ""
    except JobError as error:
        return 0, str(error)


def keyed_records(path: str) -> Iterator[tuple[str, Record]]:
    """Yield the records of a file with their identifiers, in a task."""
    container = _prepared_container()
    # It imports pyarrow, which the task has just installed.
    job = importlib.import_module("pipeline_code.runtime.ingest_features")
    group = group_of_job()
    table = job.read_file(Path(path), group, job.flow_of_job(container))
    for record in job.records(table, group):
        yield record.identifier, record


def part_of(identifier: str) -> int:
    """Return the number of the part, which is the same in each process of Python."""
    return zlib.crc32(identifier.encode())


def write_records(part: Iterable[tuple[str, Record]]) -> Iterator[tuple[Ingested, str]]:
    """Write records that are sorted by identifier, in a task; yield why it failed, if it did."""
    container, workers = _prepared_container(), workers_of_job()
    connected = client(SERVICE, container.region, connections=workers)
    store = FeatureStore(client=connected, group=group_of_job())
    try:
        yield ingest(store, batches(record for _, record in part), workers=workers), ""
    except JobError as error:
        yield Ingested(), str(error)


def _prepared_container() -> Container:
    """Return the container of a task, whose process lacks the packages and the variables."""
    install_packages()
    container = current_container()
    os.environ.update(job_environment(container))
    return container


def _require(messages: Iterable[str]) -> None:
    for message in filter(None, messages):
        raise JobError(message)
