"""Data capture: requests and responses of an endpoint, as JSON lines in S3.

Source: "Capture data from real-time endpoint". The service writes a file every few minutes. Here, a
file is written about once a second if there are captured requests.
"""

from __future__ import annotations

import base64
import json
import logging
import random
import threading
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import Cloud
from local_cloud.sagemaker.hosting import HostResponse
from local_cloud.sagemaker.jobs.s3_transfers import split_uri
from local_cloud.sagemaker.role_session import SESSION
from local_cloud.transient_errors import is_transient

# The maximum number of captured requests of a folder that are kept while S3 fails.
_MAX_BUFFERED = 10_000

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Target:
    """The folder of captured requests, and the role that writes them."""

    folder: str
    kms_key: str | None
    role_arn: str

    @property
    def encryption(self) -> dict[str, str]:
        """Return the encryption arguments of PutObject."""
        if not self.kms_key:
            return {}
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": self.kms_key}


class Capture:
    """The captured requests of endpoints. Thread-safe."""

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._lock = threading.Lock()
        self._files: dict[_Target, list[str]] = defaultdict(list)
        self._clients: dict[str, Any] = {}

    def take(
        self,
        config: Mapping[str, Any] | None,
        *,
        endpoint: str,
        variant: str,
        role_arn: str,
        body: bytes,
        content_type: str | None,
        answer: HostResponse,
        inference_id: str | None,
    ) -> None:
        """Capture a request and its response if the configuration enables it."""
        if config is None or not is_capture_enabled(config):
            return
        if random.random() * 100 >= config["InitialSamplingPercentage"]:
            return
        given = {
            "INPUT": ("endpointInput", content_type or "", body),
            "OUTPUT": ("endpointOutput", answer.content_type, answer.body),
        }
        data = {}
        for mode in _modes(config):
            name, kind, content = given[mode]
            data[name] = _captured(config, mode, kind, content)
        target = _Target(
            folder=f"{config['DestinationS3Uri'].rstrip('/')}/{endpoint}/{variant}",
            kms_key=config.get("KmsKeyId"),
            role_arn=role_arn,
        )
        with self._lock:
            self._files[target].append(json.dumps(_event(data, inference_id)))

    def flush(self) -> None:
        """Write the new captured requests with the role of the model.

        If S3 fails, they are written with the next flush.
        """
        with self._lock:
            files, self._files = self._files, defaultdict(list)
        for target, lines in files.items():
            try:
                self._write(target, lines)
            except (BotoCoreError, ClientError) as error:
                # As on AWS, the endpoint remains in service, without capture.
                logger.warning("Requests were not captured to %s: %s", target.folder, error)
                self._clients.pop(target.role_arn, None)
                if is_transient(error):
                    self._buffer(target, lines)

    def _buffer(self, target: _Target, lines: Sequence[str]) -> None:
        with self._lock:
            self._files[target] = [*lines, *self._files[target]][-_MAX_BUFFERED:]

    def _write(self, target: _Target, lines: Sequence[str]) -> None:
        now = datetime.now(UTC)
        name = f"{now:%M-%S}-{now.microsecond // 1000:03d}-{uuid4()}.jsonl"
        bucket, key = split_uri(f"{target.folder}/{now:%Y/%m/%d/%H}/{name}")
        body = "".join(f"{line}\n" for line in lines).encode()
        if target.role_arn not in self._clients:
            self._clients[target.role_arn] = self._cloud.client(
                "s3", role_arn=target.role_arn, session=SESSION
            )
        self._clients[target.role_arn].put_object(
            Bucket=bucket, Key=key, Body=body, **target.encryption
        )


def is_capture_enabled(config: Mapping[str, Any] | None) -> bool:
    """Return whether a DataCaptureConfig enables any capture."""
    return config is not None and bool(config.get("EnableCapture", True))


def _modes(config: Mapping[str, Any]) -> list[str]:
    given = {option["CaptureMode"] for option in config["CaptureOptions"]}
    wanted = {"Input", "Output"} if "InputAndOutput" in given else given
    return [mode.upper() for mode in ("Input", "Output") if mode in wanted]


def _captured(
    config: Mapping[str, Any], mode: str, content_type: str, body: bytes
) -> dict[str, str]:
    encoding = _encoding(config.get("CaptureContentTypeHeader") or {}, content_type)
    is_text = encoding in ("CSV", "JSON")
    data = body.decode(errors="replace") if is_text else base64.b64encode(body).decode()
    return {"observedContentType": content_type, "mode": mode, "data": data, "encoding": encoding}


def _encoding(headers: Mapping[str, Sequence[str]], content_type: str) -> str:
    kind = content_type.partition(";")[0].strip().lower()
    if kind in headers.get("CsvContentTypes", ()):
        return "CSV"
    return "JSON" if kind in headers.get("JsonContentTypes", ()) else "BASE64"


def _event(data: Mapping[str, Any], inference_id: str | None) -> dict[str, Any]:
    metadata = {"eventId": str(uuid4()), "inferenceTime": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
    if inference_id:
        metadata["inferenceId"] = inference_id
    return {"captureData": data, "eventMetadata": metadata, "eventVersion": "0"}
