"""The requests and responses of EMR, as in botocore's model."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult, BaseResponse, EmptyResult
from moto.emr.models import emr_backends

from local_cloud.emr.api.cluster_backend import ClusterBackend


class ClusterResponses(BaseResponse):  # type: ignore[misc]  # moto is untyped
    """One method per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="emr")
        self.automated_parameter_parsing = True

    @property
    def backend(self) -> ClusterBackend:
        """The back end of the request's account and region."""
        found: ClusterBackend = emr_backends[self.current_account][self.region]
        return found

    def run_job_flow(self) -> ActionResult:
        """Create a cluster."""
        cluster = self.backend.run(self.params)
        return ActionResult({"JobFlowId": cluster.id, "ClusterArn": cluster.arn})

    def describe_cluster(self) -> ActionResult:
        """Describe a cluster."""
        return ActionResult({"Cluster": self._cluster().document()})

    def list_clusters(self) -> ActionResult:
        """List the clusters, newest first."""
        states = self._get_param("ClusterStates")
        found = [
            {
                "Id": each.id,
                "Name": each.request["Name"],
                "Status": each.status(),
                "ClusterArn": each.arn,
            }
            for each in list(self.backend.clusters.values())
            if not states or each.state in states
        ]
        return ActionResult({"Clusters": found[::-1]})

    def terminate_job_flows(self) -> ActionResult:
        """Terminate clusters."""
        for identifier in self._get_param("JobFlowIds"):
            self.backend.terminate(identifier)
        return EmptyResult()

    def add_job_flow_steps(self) -> ActionResult:
        """Add steps to a cluster."""
        added = self.backend.add(
            self._get_param("JobFlowId"),
            self._get_param("Steps"),
            self._get_param("ExecutionRoleArn"),
        )
        return ActionResult({"StepIds": [each.id for each in added]})

    def describe_step(self) -> ActionResult:
        """Describe a step."""
        step = self.backend.step(self._get_param("ClusterId"), self._get_param("StepId"))
        return ActionResult({"Step": step.document()})

    def list_steps(self) -> ActionResult:
        """List the steps of a cluster, newest first."""
        states, ids = self._get_param("StepStates"), self._get_param("StepIds")
        found = [
            step.document()
            for step in self._cluster().steps[::-1]
            if (not states or step.state in states) and (not ids or step.id in ids)
        ]
        return ActionResult({"Steps": found})

    def cancel_steps(self) -> ActionResult:
        """Cancel steps."""
        statuses = self.backend.cancel(self._get_param("ClusterId"), self._get_param("StepIds"))
        found = [{"StepId": name, "Status": status} for name, status in statuses.items()]
        return ActionResult({"CancelStepsInfoList": found})

    def _cluster(self) -> Any:
        return self.backend.cluster(self._get_param("ClusterId"))
