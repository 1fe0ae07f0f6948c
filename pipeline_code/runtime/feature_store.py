"""Reads and writes the online store of a feature group, with retries of what was throttled.

https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_feature_store_BatchGetRecord.html
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from pipeline_code.runtime.feature_declaration import DeclaredGroup
from pipeline_code.runtime.feature_records import Record, record_from
from pipeline_code.runtime.job_errors import JobError

SERVICE = "sagemaker-featurestore-runtime"
MAX_BATCH = 100
ATTEMPTS = 8


@dataclass(frozen=True, kw_only=True)
class FeatureStore:
    """The online store of `group`. `client` retries throttled calls, this class parts of them."""

    client: Any
    group: DeclaredGroup
    sleep: Callable[[float], None] = time.sleep

    def read(self, identifiers: Sequence[str]) -> dict[str, Record]:
        """Return the records by identifier, of at most 100 identifiers.

        Raises JobError if the store does not return all of them after several attempts.
        """
        found: dict[str, Record] = {}
        wanted = list(identifiers)
        for attempt in range(ATTEMPTS):
            if not wanted:
                return found
            if attempt:
                self.sleep(backoff_seconds(attempt))
            answer = self._batch(wanted)
            for each in answer["Records"]:
                values = {one["FeatureName"]: one["ValueAsString"] for one in each["Record"]}
                found[each["RecordIdentifierValueAsString"]] = record_from(self.group, values)
            wanted = self._unprocessed(answer)
        if wanted:
            raise JobError(
                f"{self.group.name}: {len(wanted)} records could not be read in {ATTEMPTS} "
                "attempts, because the service is throttled: start the pipeline again, or lower "
                "the concurrency of the step"
            )
        return found

    def put(self, record: Record) -> None:
        """Write a record; the service writes it online and offline. Raises JobError."""
        values = [
            {"FeatureName": name, "ValueAsString": text} for name, text in record.values.items()
        ]
        try:
            self.client.put_record(FeatureGroupName=self.group.name, Record=values)
        except ClientError as error:
            raise JobError(
                f"{self.group.name} rejected the record {record.identifier!r:.80}: {error}"
            ) from error

    def _batch(self, identifiers: Sequence[str]) -> Any:
        wanted = {
            "FeatureGroupName": self.group.name,
            "RecordIdentifiersValueAsString": list(identifiers),
        }
        try:
            return self.client.batch_get_record(Identifiers=[wanted])
        except ClientError as error:
            raise JobError(f"{self.group.name} cannot be read: {error}") from error

    def _unprocessed(self, answer: Any) -> list[str]:
        for error in answer["Errors"]:
            raise JobError(
                f"{self.group.name}: the record {error['RecordIdentifierValueAsString']!r:.80} "
                f"cannot be read: {error['ErrorCode']}: {error['ErrorMessage']}"
            )
        return [
            identifier
            for each in answer["UnprocessedIdentifiers"]
            for identifier in each["RecordIdentifiersValueAsString"]
        ]


def backoff_seconds(attempt: int) -> float:
    """Return the seconds to wait before an attempt; `attempt` is 1 for the first repetition."""
    seconds: float = 0.1 * 2**attempt
    return min(seconds, 10.0)
