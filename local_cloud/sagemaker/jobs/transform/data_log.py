"""The log stream `<job>/data-log`, in which a transform job reports on its objects."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import Any

from local_cloud.sagemaker.jobs.job_kinds import TRANSFORM
from local_cloud.sagemaker.jobs.log_stream import LogStream
from local_cloud.sagemaker.jobs.transform.payloads import ObjectFailed
from local_cloud.sagemaker.jobs.transform.transform_settings import MEGABYTE, TransformSettings


class DataLog:
    """Writes lines in the service's format. Thread-safe."""

    def __init__(self, client: Any, *, job_name: str) -> None:
        self._lock = threading.Lock()
        self._stream = LogStream(
            client,
            group=TRANSFORM.log_group,
            name=f"{job_name}/data-log",
            observe=lambda _: None,
        )

    def begin(self, settings: TransformSettings) -> None:
        """Log the settings by which records are divided into requests."""
        strategy = "SINGLE_RECORD" if settings.one_by_one else "MULTI_RECORD"
        self._write(
            [
                f"MaxConcurrentTransforms={settings.max_concurrent}, "
                f"MaxPayloadInMB={settings.payload_bytes // MEGABYTE}, BatchStrategy={strategy}"
            ]
        )

    def log(self, name: str, failure: ObjectFailed) -> None:
        """Log an object that could not be transformed."""
        self._write([f"{name}: {line}" for line in f"{failure.kind}: {failure}".splitlines()])

    def _write(self, lines: list[str]) -> None:
        moment = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3]
        with self._lock:
            self._stream.write([f"{moment}:[sagemaker logs]: {line}" for line in lines])
