"""Deploys the changes of an endpoint: creation, blue/green update, scaling, deletion."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.endpoints.endpoint import Endpoint
from local_cloud.sagemaker.endpoints.production_variants import VariantSet, start_variants
from local_cloud.sagemaker.endpoints.rollback_alarms import RollbackAlarms
from local_cloud.sagemaker.endpoints.traffic_shifting import Rollout
from local_cloud.sagemaker.hosting import HostingFailed

logger = logging.getLogger(__name__)

_ALARM_POLL_SECONDS = 0.5


class RolledBack(Exception):
    """A deployment must be rolled back. The text is the FailureReason."""


@dataclass(frozen=True)
class Deployer:
    """Starts, replaces and ends the variants of endpoints. The event `closing` ends all waits."""

    cloud: Cloud
    alarms: RollbackAlarms
    closing: threading.Event

    def create(self, endpoint: Endpoint, config_name: str, config: Mapping[str, Any]) -> None:
        """Deploy a new endpoint. Set its status to Failed on an error."""
        try:
            endpoint.put_in_service(self._start(endpoint, config_name, config))
        except HostingFailed as error:
            endpoint.fail(str(error))
            return
        endpoint.succeed()

    def update(
        self, endpoint: Endpoint, config_name: str, config: Mapping[str, Any], rollout: Rollout
    ) -> None:
        """Replace the variants by those of another configuration. On a failure, keep them."""
        deadline = time.monotonic() + rollout.timeout_seconds
        try:
            self._check(rollout, deadline)
            incoming = self._start(endpoint, config_name, config)
        except (HostingFailed, RolledBack) as error:
            endpoint.roll_back()
            endpoint.fail(str(error))
            return
        try:
            self._shift(endpoint, incoming, rollout, deadline)
        except RolledBack as error:
            endpoint.roll_back()
            incoming.close()
            endpoint.fail(str(error))
            return
        self.closing.wait(rollout.termination_wait_seconds)
        former = endpoint.put_in_service(incoming)
        if former is not None:
            former.close()
        endpoint.succeed()

    def resume(self, endpoint: Endpoint, config_name: str, config: Mapping[str, Any]) -> None:
        """Start the variants that were in service before a restart of the laptop cloud."""
        try:
            endpoint.resume(self._start(endpoint, config_name, config))
        except HostingFailed as error:
            logger.error("%s does not start again: %s", endpoint.name, error)
            endpoint.resume(None)

    def scale(self, endpoint: Endpoint, counts: Mapping[str, int]) -> None:
        """Change the number of processes of variants. On a failure, keep the old number."""
        live = endpoint.live
        variants = live.variants if live else {}
        try:
            for name, count in counts.items():
                variants[name].fleet.scale(count)
        except HostingFailed as error:
            for name in counts:
                variants[name].desired_count = variants[name].fleet.count
            endpoint.roll_back()
            endpoint.fail(str(error))
            return
        endpoint.succeed()

    def delete(self, endpoint: Endpoint) -> None:
        """End the variants in service."""
        former = endpoint.take_out_of_service()
        if former is not None:
            former.close()

    def _start(self, endpoint: Endpoint, config_name: str, config: Mapping[str, Any]) -> VariantSet:
        try:
            return start_variants(self.cloud, endpoint.arn, config_name, config)
        except HostingFailed:
            raise
        except Exception as error:  # boundary of a thread: end and log
            logger.exception("The deployment of %s failed unexpectedly", endpoint.name)
            raise HostingFailed(f"InternalServerError: {type(error).__name__}: {error}") from error

    def _shift(
        self, endpoint: Endpoint, incoming: VariantSet, rollout: Rollout, deadline: float
    ) -> None:
        for shift in rollout.shifts:
            endpoint.shift(incoming, shift.share)
            baked = time.monotonic() + shift.bake_seconds
            self._check(rollout, deadline)
            while (left := baked - time.monotonic()) > 0:
                if self.closing.wait(min(left, _ALARM_POLL_SECONDS)):
                    raise RolledBack("The laptop cloud is ending.")
                self._check(rollout, deadline)

    def _check(self, rollout: Rollout, deadline: float) -> None:
        names = self.alarms.in_alarm(rollout.alarms)
        if names:
            raise RolledBack(
                f"The deployment was rolled back because these alarms are in the state ALARM: "
                f"{', '.join(names)}."
            )
        if time.monotonic() > deadline:
            raise RolledBack(
                "The deployment was rolled back because it exceeded its maximum execution "
                f"time of {rollout.timeout_seconds} s."
            )
