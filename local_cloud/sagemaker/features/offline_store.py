"""Writes rows of feature groups to S3, as Parquet files in hourly partitions of the event time.

AWS writes within 15 minutes; the laptop about once a second.
https://docs.aws.amazon.com/sagemaker/latest/dg/feature-store-offline.html
"""

from __future__ import annotations

import io
import logging
import secrets
import threading
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import Cloud
from local_cloud.sagemaker.features.event_times import moment, nanoseconds
from local_cloud.sagemaker.features.feature_group import FeatureGroup, Row
from local_cloud.sagemaker.jobs.s3_transfers import split_uri
from local_cloud.sagemaker.role_session import RoleSession

INVOCATION_TIME, WRITE_TIME, IS_DELETED = "api_invocation_time", "write_time", "is_deleted"
RESERVED = (INVOCATION_TIME, WRITE_TIME, IS_DELETED)
_TYPES = {"String": pa.string(), "Integral": pa.int64(), "Fractional": pa.float64()}
_TIME = pa.timestamp("ms")

logger = logging.getLogger(__name__)


class OfflineStore:
    """Writes the rows that wait in the groups. Thread-safe."""

    def __init__(self, cloud: Cloud, groups: Mapping[str, FeatureGroup]) -> None:
        self._cloud = cloud
        self._groups = groups
        self._writing = threading.Lock()

    def flush(self) -> None:
        """Write all rows with the roles of their groups.

        A group whose rows cannot be written is blocked, as on AWS, and its rows are written later.
        """
        with self._writing:
            for group in list(self._groups.values()):
                self._flush(group)

    def flush_group(self, group: FeatureGroup) -> None:
        """Write the rows of one group."""
        with self._writing:
            self._flush(group)

    def _flush(self, group: FeatureGroup) -> None:
        with group.lock:
            waiting, group.rows = group.rows, []
        if not waiting:
            return
        hours = _by_hour(group, waiting)
        # One session for all files: to assume the role takes longer than to write a file.
        session = RoleSession(self._cloud, group.request["RoleArn"])
        try:
            while hours:
                _write(session, group, *next(iter(hours.items())))
                del hours[next(iter(hours))]
            group.blocked_reason = None
        except (BotoCoreError, ClientError) as error:
            logger.warning("The rows of %s were not written: %s", group.name, error)
            group.blocked_reason = str(error)
        finally:
            with group.lock:
                group.rows = [*(row for rows in hours.values() for row in rows), *group.rows]


def _write(session: RoleSession, group: FeatureGroup, hour: datetime, rows: list[Row]) -> None:
    storage = group.request["OfflineStoreConfig"]["S3StorageConfig"]
    latest = moment(max(_time(group, row) for row in rows))
    bucket, key = split_uri(
        f"{storage['ResolvedOutputS3Uri']}/{hour:year=%Y/month=%m/day=%d/hour=%H}/"
        f"{latest:%Y%m%dT%H%M%SZ}_{secrets.token_hex(8)}.parquet"
    )
    buffer = io.BytesIO()
    pq.write_table(_table(group, rows), buffer)
    key_id = storage.get("KmsKeyId")
    encryption = {"SSEKMSKeyId": key_id} if key_id else {}
    session.client("s3").put_object(
        Bucket=bucket,
        Key=key,
        Body=buffer.getvalue(),
        ServerSideEncryption="aws:kms",
        **encryption,
    )


def _by_hour(group: FeatureGroup, rows: Iterable[Row]) -> dict[datetime, list[Row]]:
    found: dict[datetime, list[Row]] = defaultdict(list)
    for row in rows:
        hour = moment(_time(group, row)).replace(minute=0, second=0, microsecond=0)
        found[hour].append(row)
    return found


def _time(group: FeatureGroup, row: Row) -> int:
    return nanoseconds(str(row[group.event_time]), group.types[group.event_time])


def _table(group: FeatureGroup, rows: Iterable[Row]) -> pa.Table:
    """Return the rows with the columns of the features, and those that the service adds."""
    now = datetime.now(UTC).replace(tzinfo=None)
    fields = [pa.field(name, _TYPES[kind]) for name, kind in group.types.items()]
    schema = pa.schema(
        [
            *fields,
            pa.field(WRITE_TIME, _TIME),
            pa.field(INVOCATION_TIME, _TIME),
            pa.field(IS_DELETED, pa.bool_()),
        ]
    )
    return pa.Table.from_pylist([{**row, WRITE_TIME: now} for row in rows], schema=schema)
