"""An endpoint: its status, its running variants, and the routing of requests."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from local_cloud.sagemaker.endpoints.data_capture import is_capture_enabled
from local_cloud.sagemaker.endpoints.production_variants import Variant, VariantSet
from local_cloud.sagemaker.exceptions import ValidationFailed

_NEXT = {
    "Creating": {"InService", "Failed"},
    "InService": {"Updating", "Deleting"},
    "Updating": {"InService", "RollingBack"},
    "RollingBack": {"InService"},
    "Failed": {"Deleting"},
    "Deleting": set[str](),
}
_IN_PROGRESS = ("Creating", "Updating", "RollingBack", "Deleting")
_REASON_CHARACTERS = 1024


class Endpoint:
    """An endpoint of the service. Thread-safe.

    `on_change(endpoint)` is called after each change of status.
    """

    def __init__(
        self,
        *,
        name: str,
        arn: str,
        config_name: str,
        tags: list[dict[str, str]],
        on_change: Callable[[Endpoint], None],
    ) -> None:
        self.name = name
        self.arn = arn
        self.tags = tags
        self.lock = threading.RLock()
        self.status = "Creating"
        self.created = datetime.now(UTC)
        self.last_deployment: Mapping[str, Any] | None = None
        self.pending: Mapping[str, Any] | None = None
        self._modified = self.created
        self._config_name = config_name
        self._failure_reason: str | None = None
        self._on_change = on_change
        self._live: VariantSet | None = None
        self._incoming: tuple[VariantSet, float] | None = None
        # In a restored endpoint: the name and the configuration of the variants in service.
        self.former: tuple[str, Mapping[str, Any]] | None = None

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes that are saved: processes end with the server."""
        live = self._live
        former = live and (live.config_name, live.current_config())
        return {**vars(self), "_live": None, "_incoming": None, "former": former or self.former}

    @property
    def live(self) -> VariantSet | None:
        """The variants in service. None until the first variants are healthy."""
        return self._live

    def begin(self, status: str) -> None:
        """Change the status. Raises `ValidationFailed` if the current status does not allow it."""
        with self.lock:
            if self.status in _IN_PROGRESS:
                raise ValidationFailed(f'Cannot update in-progress endpoint "{self.arn}".')
            if status not in _NEXT[self.status]:
                raise ValidationFailed(
                    f'Cannot change endpoint "{self.arn}": it is {self.status} and can only be '
                    "deleted."
                )
            self._enter(status)
        self._on_change(self)

    def route(self, target: str | None) -> tuple[VariantSet, Variant] | None:
        """Return the variant for the next request. None if there is no such variant in service."""
        live, incoming = self._live, self._incoming
        variant_set = live
        if incoming is not None and random.random() < incoming[1]:
            variant_set = incoming[0]
        variant = variant_set.pick(target) if variant_set else None
        return (variant_set, variant) if variant_set and variant else None

    def shift(self, incoming: VariantSet, share: float) -> None:
        """Send this share of the traffic to the new variants."""
        self._incoming = (incoming, share)

    def put_in_service(self, variant_set: VariantSet) -> VariantSet | None:
        """Put variants in service. Return the replaced variants."""
        with self.lock:
            previous, self._live, self._incoming = self._live, variant_set, None
            self._config_name = variant_set.config_name
        return previous

    def resume(self, variant_set: VariantSet | None) -> None:
        """Put the variants in service that were in service before a restart."""
        with self.lock:
            self._live, self.former = variant_set, None
            self.status = "InService" if variant_set else "Failed"
            self.pending = None
        self._on_change(self)

    def roll_back(self) -> None:
        """Send all traffic to the variants in service again."""
        self._incoming = None
        self._move_to("RollingBack")

    def succeed(self) -> None:
        """End a change with success."""
        self._failure_reason = None
        self._move_to("InService")

    def fail(self, reason: str) -> None:
        """End a change with a failure. The status is InService or, without variants, Failed."""
        self._failure_reason = reason[:_REASON_CHARACTERS]
        self._move_to("Failed" if self._live is None else "InService")

    def take_out_of_service(self) -> VariantSet | None:
        """Remove the variants from service and return them."""
        with self.lock:
            previous, self._live, self._incoming = self._live, None, None
        return previous

    def describe(self) -> dict[str, Any]:
        """Perform DescribeEndpoint."""
        with self.lock:
            shown = {
                **self.summary(),
                "EndpointConfigName": self._config_name,
                "FailureReason": self._failure_reason,
                "LastDeploymentConfig": self.last_deployment,
                "PendingDeploymentSummary": self.pending,
            }
            if self._live is not None:
                shown["ProductionVariants"] = self._live.describe()
                shown["DataCaptureConfig"] = _capture_summary(self._live.capture)
        return {name: value for name, value in shown.items() if value is not None}

    def summary(self) -> dict[str, Any]:
        """Return an EndpointSummary."""
        return {
            "EndpointName": self.name,
            "EndpointArn": self.arn,
            "CreationTime": self.created,
            "LastModifiedTime": self._modified,
            "EndpointStatus": self.status,
        }

    def _move_to(self, status: str) -> None:
        with self.lock:
            self._enter(status)
        self._on_change(self)

    def _enter(self, status: str) -> None:
        if status not in _NEXT[self.status]:
            raise AssertionError(f"An endpoint cannot change from {self.status} to {status}.")
        self.status = status
        self._modified = datetime.now(UTC)
        if status == "Updating":
            self._failure_reason = None
        if status not in _IN_PROGRESS:
            self.pending = None


def _capture_summary(config: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if config is None:
        return None
    enabled = is_capture_enabled(config)
    return {
        "EnableCapture": enabled,
        "CaptureStatus": "Started" if enabled else "Stopped",
        "CurrentSamplingPercentage": config["InitialSamplingPercentage"],
        "DestinationS3Uri": config["DestinationS3Uri"],
        "KmsKeyId": config.get("KmsKeyId") or "",
    }
