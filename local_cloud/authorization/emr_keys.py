"""The condition keys of requests that use a cluster of EMR: its tags.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticmapreduce.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from moto.backends import get_backend

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.policy_patterns import Context

_USES = (
    *("AddJobFlowSteps", "CancelSteps", "DescribeCluster", "DescribeStep", "ListSteps"),
    "TerminateJobFlows",
)


def _cluster_tags(request: AuthorizationRequest) -> Context:
    """Return aws:ResourceTag/… and elasticmapreduce:ResourceTag/… of the cluster."""
    clusters = get_backend("emr")[request.account][request.region].clusters
    several = request.parameter("JobFlowIds") or [None]
    name = request.parameter("ClusterId") or request.parameter("JobFlowId") or several[0]
    tags = clusters[name].request.get("Tags") or [] if name in clusters else []
    return {
        f"{prefix}:resourcetag/{tag['Key'].lower()}": (str(tag["Value"]),)
        for tag in tags
        for prefix in ("aws", "elasticmapreduce")
    }


EMR_KEYS: Mapping[str, Callable[[AuthorizationRequest], Context]] = dict.fromkeys(
    (f"elasticmapreduce:{name}" for name in _USES), _cluster_tags
)
