"""The back end of EMR: clusters whose steps really run. It replaces moto's, which runs nothing."""

from __future__ import annotations

import logging
import threading
import types
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ClassVar

from moto.emr.models import ElasticMapReduceBackend

from local_cloud.authorization.instance_profiles import profile_role
from local_cloud.context import Cloud
from local_cloud.emr.api.cluster import CLUSTER_ENDED, STEP_ENDED, Cluster, Step, new_id
from local_cloud.emr.api.exceptions import InvalidRequestError, ValidationError
from local_cloud.emr.api.request_checks import check_cluster
from local_cloud.emr.api.step_run import StepRun
from local_cloud.emr.spark_command import ProgramRefused

logger = logging.getLogger(__name__)

# A running cluster accepts at most 256 pending steps.
# https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-work-with-steps.html
_PENDING_STEPS = 256
_INTERRUPTED = {
    "Reason": "The laptop cloud ended while this ran.",
    "Message": "Start the step again.",
    "LogFile": "",
}


class ClusterBackend(ElasticMapReduceBackend):  # type: ignore[misc]  # moto is untyped
    """Clusters by id. Steps that run end with the server; clusters are saved."""

    cloud: ClassVar[Cloud]
    _workers: ClassVar[dict[str, ThreadPoolExecutor]] = {}
    _runs: ClassVar[dict[str, StepRun]] = {}
    _lock: ClassVar = threading.RLock()

    def __init__(self, region_name: str, account_id: str) -> None:
        super().__init__(region_name, account_id)
        self.clusters: dict[str, Cluster] = {}

    @property
    def _url_module(self) -> types.ModuleType:
        from local_cloud.emr.api import urls

        return urls

    @classmethod
    def stop_all(cls) -> None:
        """Stop all steps, and wait until their processes have ended."""
        with cls._lock:
            workers = list(cls._workers.values())
            cls._workers.clear()
            for run in cls._runs.values():
                run.stop()
        for each in workers:
            each.shutdown(cancel_futures=True)

    def resume(self) -> None:
        """End the work of an earlier server."""
        for cluster in self.clusters.values():
            unfinished = [step for step in cluster.steps if step.state not in STEP_ENDED]
            for step in unfinished:
                step.failure = _INTERRUPTED
                step.enter("FAILED")
            if unfinished and not cluster.is_kept:
                cluster.end("INTERNAL_ERROR", _INTERRUPTED["Reason"], "TERMINATED_WITH_ERRORS")

    def run(self, request: Mapping[str, Any]) -> Cluster:
        """Create a cluster and run its steps."""
        check_cluster(request)
        identifier = new_id("j-")
        service = "arn:aws:elasticmapreduce"
        arn = f"{service}:{self.region_name}:{self.account_id}:cluster/{identifier}"
        role = profile_role(request["JobFlowRole"], self.account_id)
        if role is None:
            raise ValidationError(f"Invalid InstanceProfile: {request['JobFlowRole']}.")
        cluster = Cluster(identifier, arn, request, role)
        with self._lock:
            self.clusters[cluster.id] = cluster
        self.add(cluster.id, request.get("Steps") or [], None)
        self._settle(cluster)
        return cluster

    def add(
        self, cluster_id: str, configs: Sequence[Mapping[str, Any]], role: str | None
    ) -> list[Step]:
        """Add steps to a cluster, which runs them in their order."""
        cluster = self.cluster(cluster_id)
        with self._lock:
            if cluster.state in CLUSTER_ENDED:
                raise ValidationError(
                    "A job flow that is shutting down, terminated, or finished may not be modified."
                )
            waiting = [step for step in cluster.steps if step.state == "PENDING"]
            if len(waiting) + len(configs) > _PENDING_STEPS:
                raise ValidationError(f"Maximum number of pending steps is {_PENDING_STEPS}.")
            steps = [Step(config, role) for config in configs]
            cluster.steps += steps
            if steps:
                cluster.state = "RUNNING"
            for step in steps:
                self._pool(cluster).submit(self._run, cluster, step)
        return steps

    def cancel(self, cluster_id: str, step_ids: Sequence[str]) -> dict[str, str]:
        """Cancel steps; return a status for each."""
        cluster = self.cluster(cluster_id)
        return {each: self._cancelled(self.step(cluster.id, each)) for each in step_ids}

    def terminate(self, cluster_id: str) -> None:
        """Terminate a cluster with its steps."""
        cluster = self.cluster(cluster_id)
        for step in cluster.steps:
            self._cancelled(step)
        cluster.end("USER_REQUEST", "Terminated by user request")

    def cluster(self, cluster_id: str) -> Cluster:
        """Return the cluster with this id."""
        if cluster_id not in self.clusters:
            raise InvalidRequestError(f"Cluster id '{cluster_id}' is not valid.")
        return self.clusters[cluster_id]

    def step(self, cluster_id: str, step_id: str) -> Step:
        """Return the step with this id."""
        for step in self.cluster(cluster_id).steps:
            if step.id == step_id:
                return step
        raise InvalidRequestError(f"Step id '{step_id}' is not valid.")

    def _pool(self, cluster: Cluster) -> ThreadPoolExecutor:
        if cluster.id not in self._workers:
            name = f"emr-{cluster.id}"
            self._workers[cluster.id] = ThreadPoolExecutor(cluster.concurrency, name)
        return self._workers[cluster.id]

    def _run(self, cluster: Cluster, step: Step) -> None:
        try:
            self._run_step(cluster, step)
        except Exception as error:  # boundary of a thread: no caller waits for the result
            logger.exception("step %s failed", step.id)
            self._failed(step, f"{type(error).__name__}: {error}")
        if step.state == "FAILED" and step.on_failure.startswith("TERMINATE"):
            for each in cluster.steps:
                self._cancelled(each)
            cluster.end("STEP_FAILURE", "Shut down as step failed", "TERMINATED_WITH_ERRORS")
        self._settle(cluster)

    def _run_step(self, cluster: Cluster, step: Step) -> None:
        try:
            run = StepRun(self.cloud, cluster, step)
        except ProgramRefused as error:
            self._failed(step, str(error))
            return
        with self._lock:
            if step.state != "PENDING" or cluster.id not in self._workers:
                return
            self._runs[step.id] = run
        try:
            run.run()
        finally:
            with self._lock:
                del self._runs[step.id]

    def _failed(self, step: Step, message: str) -> None:
        step.failure = {"Reason": "Unknown Error.", "Message": message, "LogFile": ""}
        step.enter("FAILED")

    def _cancelled(self, step: Step) -> str:
        with self._lock:
            if step.id in self._runs:
                self._runs[step.id].stop()
                return "SUBMITTED"
            if step.state == "PENDING":
                step.enter("CANCELLED")
                return "SUBMITTED"
        return "FAILED"

    def _settle(self, cluster: Cluster) -> None:
        """Let a cluster wait, or end it, when all of its steps have ended."""
        with self._lock:
            if any(step.state not in STEP_ENDED for step in cluster.steps):
                return
            if not cluster.is_kept:
                cluster.end("ALL_STEPS_COMPLETED", "Steps completed")
            elif cluster.state not in CLUSTER_ENDED:
                cluster.state = "WAITING"
