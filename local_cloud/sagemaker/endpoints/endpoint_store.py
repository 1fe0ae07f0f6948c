"""Creates, finds, changes and deletes endpoints."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.api.pagination import in_window, ordered
from local_cloud.sagemaker.endpoints.background_writer import BackgroundWriter
from local_cloud.sagemaker.endpoints.data_capture import Capture
from local_cloud.sagemaker.endpoints.deployment import Deployer
from local_cloud.sagemaker.endpoints.endpoint import Endpoint
from local_cloud.sagemaker.endpoints.endpoint_checks import check_deployment
from local_cloud.sagemaker.endpoints.endpoint_configs import Configs
from local_cloud.sagemaker.endpoints.endpoint_metrics import EndpointMetrics
from local_cloud.sagemaker.endpoints.production_variants import Variant
from local_cloud.sagemaker.endpoints.retained_variants import with_retained
from local_cloud.sagemaker.endpoints.rollback_alarms import RollbackAlarms
from local_cloud.sagemaker.endpoints.scalable_targets import targets
from local_cloud.sagemaker.endpoints.target_tracking import TargetTracking
from local_cloud.sagemaker.endpoints.traffic_shifting import rollout_of
from local_cloud.sagemaker.exceptions import ValidationFailed
from local_cloud.sagemaker.status_events import StatusPublisher

Request = Mapping[str, Any]


class EndpointStore:
    """The endpoints of one account and region, and their configurations."""

    def __init__(
        self, cloud: Cloud, publisher: StatusPublisher, account_id: str, region_name: str
    ) -> None:
        arn_prefix = f"arn:aws:sagemaker:{region_name}:{account_id}"
        self.configs = Configs(cloud, arn_prefix)
        self.endpoints: dict[str, Endpoint] = {}
        self.metrics = EndpointMetrics(cloud)
        self.capture = Capture(cloud)
        self._cloud = cloud
        self._publisher = publisher
        self._place = (account_id, region_name)
        self._arn_prefix = f"{arn_prefix}:endpoint"
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._threads: list[threading.Thread] = []
        self._alarms = RollbackAlarms(cloud)
        self._deployer = Deployer(cloud, self._alarms, self._closing)
        self._scaling = TargetTracking()
        self._targets = partial(targets, account_id, region_name)
        self._writer = BackgroundWriter([self.metrics.flush, self.capture.flush, self._scale])

    def find(self, name: str) -> Endpoint:
        """Return an endpoint by name. Raises `ValidationFailed` for an unknown name."""
        if name not in self.endpoints:
            raise ValidationFailed(f'Could not find endpoint "{self._arn_prefix}/{name}".')
        return self.endpoints[name]

    def create(self, request: Request) -> Endpoint:
        """Perform CreateEndpoint. Raises `ValidationFailed`."""
        config = self.configs.find(request["EndpointConfigName"])
        check_deployment(request.get("DeploymentConfig"))
        name = request["EndpointName"]
        endpoint = Endpoint(
            name=name,
            arn=f"{self._arn_prefix}/{name}",
            config_name=config.name,
            tags=list(request.get("Tags") or []),
            on_change=self._publisher.endpoint_changed,
        )
        self._add(endpoint)
        endpoint.last_deployment = request.get("DeploymentConfig")
        self._publisher.endpoint_changed(endpoint)
        self._start(self._deployer.create, endpoint, config.name, config.request)
        return endpoint

    def update(self, request: Request) -> Endpoint:
        """Perform UpdateEndpoint. Raises `ValidationFailed`."""
        endpoint = self.find(request["EndpointName"])
        config = self.configs.find(request["EndpointConfigName"])
        deployment = self._deployment(endpoint, request)
        settings = with_retained(config.request, endpoint.live, request)
        instances = sum(one["InitialInstanceCount"] for one in settings["ProductionVariants"])
        rollout = rollout_of(deployment, instances=instances)
        for variant in endpoint.live.variants.values() if endpoint.live else ():
            self._alarms.check(rollout.alarms, role_arn=variant.fleet.model.role_arn)
        endpoint.begin("Updating")
        endpoint.last_deployment = deployment
        endpoint.pending = {"EndpointConfigName": config.name, "StartTime": datetime.now(UTC)}
        self._start(self._deployer.update, endpoint, config.name, settings, rollout)
        return endpoint

    def change_capacities(self, request: Request) -> Endpoint:
        """Perform UpdateEndpointWeightsAndCapacities. Raises `ValidationFailed`."""
        endpoint = self.find(request["EndpointName"])
        variants = endpoint.live.variants if endpoint.live else {}
        wanted = request["DesiredWeightsAndCapacities"]
        for entry in wanted:
            if entry["VariantName"] not in variants:
                raise ValidationFailed(
                    f"The endpoint {endpoint.name} has no variant {entry['VariantName']}; it has "
                    f"{', '.join(variants) or 'none'}."
                )
            if entry.get("ServerlessUpdateConfig"):
                raise ValidationFailed("ServerlessUpdateConfig is not supported here.")
        endpoint.begin("Updating")
        counts = {}
        for entry in wanted:
            variant = variants[entry["VariantName"]]
            variant.weight = entry.get("DesiredWeight", variant.weight)
            variant.desired_count = entry.get("DesiredInstanceCount", variant.desired_count)
            counts[variant.name] = variant.desired_count
        self._start(self._deployer.scale, endpoint, counts)
        return endpoint

    def delete(self, name: str) -> None:
        """Perform DeleteEndpoint. Raises `ValidationFailed` while the endpoint changes."""
        endpoint = self.find(name)
        endpoint.begin("Deleting")
        self._start(self._delete, endpoint)

    def summaries(self, request: Request) -> list[dict[str, Any]]:
        """Perform ListEndpoints, before pagination."""
        shown = [endpoint.summary() for endpoint in list(self.endpoints.values())]
        status = request.get("StatusEquals")
        wanted = [
            entry
            for entry in shown
            if request.get("NameContains", "").lower() in entry["EndpointName"].lower()
            and status in (None, entry["EndpointStatus"])
            and in_window(entry, request, "CreationTime")
            and in_window(entry, request, "LastModifiedTime")
        ]
        return ordered(wanted, request, by={"Name": "EndpointName", "Status": "EndpointStatus"})

    def __getstate__(self) -> dict[str, Any]:
        """Return what a new server needs: the arguments, the endpoints and the configurations."""
        arguments = (self._cloud, self._publisher, *self._place)
        return {"arguments": arguments, "endpoints": self.endpoints, "configs": self.configs}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__init__(*state["arguments"])  # type: ignore[misc]  # the parts of the new process
        self.endpoints, self.configs = state["endpoints"], state["configs"]

    def resume(self) -> list[str]:
        """Start the processes of restored endpoints. Return the interrupted changes."""
        endpoints = list(self.endpoints.values())
        if not endpoints:
            return []
        with ThreadPoolExecutor(len(endpoints), thread_name_prefix="endpoints") as pool:
            interrupted = list(pool.map(self._resume, endpoints))
        self._writer.start()
        return [line for line in interrupted if line is not None]

    def flush(self) -> None:
        """Write the captured requests and the metrics."""
        self.metrics.flush()
        self.capture.flush()

    def close(self) -> None:
        """End all deployments and processes, and write the remaining metrics and requests."""
        self._closing.set()
        self._writer.close()
        for thread in self._threads:
            thread.join()
        for endpoint in list(self.endpoints.values()):
            self._deployer.delete(endpoint)

    def _resume(self, endpoint: Endpoint) -> str | None:
        """Start the processes of an endpoint, and continue its change. Return the change."""
        status, former, pending = endpoint.status, endpoint.former, endpoint.pending
        if former is not None:
            self._deployer.resume(endpoint, *former)
        if status in ("InService", "Failed"):
            return None
        if status == "Deleting":
            self._start(self._delete, endpoint)
        elif former is None:
            config = self.configs.find(endpoint.describe()["EndpointConfigName"])
            self._start(self._deployer.create, endpoint, config.name, config.request)
        elif pending is not None:
            name = {"EndpointName": endpoint.name}
            deployment = {"DeploymentConfig": endpoint.last_deployment}
            self.update({**name, **deployment, **pending})
        return f"the endpoint {endpoint.name}, which was {status}: it continues"

    def _deployment(self, endpoint: Endpoint, request: Request) -> Request | None:
        """Return an update's DeploymentConfig; the previous one with RetainDeploymentConfig."""
        given: Request | None = request.get("DeploymentConfig")
        check_deployment(given)
        if given is not None or not request.get("RetainDeploymentConfig"):
            return given
        return endpoint.last_deployment

    def _add(self, endpoint: Endpoint) -> None:
        with self._lock:
            if endpoint.name in self.endpoints:
                raise ValidationFailed(f'Cannot create already existing endpoint "{endpoint.arn}".')
            self.endpoints[endpoint.name] = endpoint
        self._writer.start()

    def _scale(self) -> None:
        """Scale each registered variant to the number of processes that its policy requires."""
        for target in [] if self._closing.is_set() else self._targets():
            endpoint = self.endpoints.get(target.endpoint)
            live = endpoint.live if endpoint and endpoint.status == "InService" else None
            variant = live.variants.get(target.variant) if live else None
            if endpoint is None or variant is None:
                continue
            count = self._scaling.desired_count(
                target,
                current=variant.desired_count,
                per_minute=self.metrics.last_minute(target.endpoint, target.variant),
            )
            if count != variant.desired_count:
                self._rescale(endpoint, variant, count)

    def _rescale(self, endpoint: Endpoint, variant: Variant, count: int) -> None:
        try:
            endpoint.begin("Updating")
        except ValidationFailed:
            return  # another change is in progress; the next call tries again
        variant.desired_count = count
        self._start(self._deployer.scale, endpoint, {variant.name: count})

    def _delete(self, endpoint: Endpoint) -> None:
        self._deployer.delete(endpoint)
        del self.endpoints[endpoint.name]

    def _start(self, work: Callable[..., None], *arguments: Any) -> None:
        thread = threading.Thread(target=work, args=arguments, name="deployment")
        self._threads = [*(one for one in self._threads if one.is_alive()), thread]
        thread.start()
