"""The ARNs of clusters of EMR, and of applications and job runs of EMR Serverless."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.named_arns import named


def _clusters(request: AuthorizationRequest) -> list[str]:
    names = request.parameter("JobFlowIds") or []
    return [request.arn("elasticmapreduce", f"cluster/{name}") for name in names]


def _application(request: AuthorizationRequest) -> list[str]:
    name = request.parameter("applicationId")
    return [request.arn("emr-serverless", f"/applications/{name}")]


def _job_run(request: AuthorizationRequest) -> list[str]:
    (application,) = _application(request)
    return [f"{application}/jobruns/{request.parameter('jobRunId')}"]


_CLUSTER = named("elasticmapreduce", "cluster/", "ClusterId")
EMR_FINDERS: Mapping[str, Callable[[AuthorizationRequest], list[str]]] = {
    "elasticmapreduce:AddJobFlowSteps": named("elasticmapreduce", "cluster/", "JobFlowId"),
    "elasticmapreduce:CancelSteps": _CLUSTER,
    "elasticmapreduce:DescribeCluster": _CLUSTER,
    "elasticmapreduce:DescribeStep": _CLUSTER,
    "elasticmapreduce:ListSteps": _CLUSTER,
    "elasticmapreduce:TerminateJobFlows": _clusters,
    "emr-serverless:CancelJobRun": _job_run,
    "emr-serverless:DeleteApplication": _application,
    "emr-serverless:GetApplication": _application,
    "emr-serverless:GetJobRun": _job_run,
    "emr-serverless:StartApplication": _application,
    "emr-serverless:StartJobRun": _application,
    "emr-serverless:StopApplication": _application,
}
