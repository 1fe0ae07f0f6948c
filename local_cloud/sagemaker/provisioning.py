"""The calls that SageMaker makes with the role of a job or model, for its container.

The laptop has no image registry, network interfaces or volumes. The role still needs the same
permissions as on AWS. Source: SageMaker Developer Guide, "How to use SageMaker execution roles";
EBS User Guide, "Requirements for Amazon EBS encryption".
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from local_cloud.authorization.authorizer import NotAuthorized
from local_cloud.authorization.key_states import check_key, key_arn
from local_cloud.authorization.policy_patterns import Context
from local_cloud.authorization.service_calls import require_role_permission
from local_cloud.context import ACCOUNT_ID

_PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:GetDownloadUrlForLayer",
    "ecr:BatchGetImage",
)
_DESCRIBE_NETWORK = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
_USE_INTERFACE = (
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
)
_JOIN_NETWORK = (*_DESCRIBE_NETWORK, "ec2:CreateNetworkInterface", *_USE_INTERFACE)

logger = logging.getLogger(__name__)

Permission = tuple[str, str, Context]


@dataclass(frozen=True)
class Instances:
    """The resources of a container: its image, its VpcConfig, and the key of its volume.

    An empty `image` is one of the service itself. `log_group` is also the namespace of the metrics
    that the service writes with the role. `output_key` encrypts the outputs of a job. With
    `checks_network`, the service checks the EC2 permissions (without a resource) before it creates
    the job, as for processing jobs.
    """

    region: str
    image: str
    log_group: str
    network: Mapping[str, Any] | None = None
    volume_key: str | None = None
    output_key: str | None = None
    checks_network: bool = False


def provision(role_arn: str, session: str, instances: Instances) -> None:
    """Raise `NotAuthorized` if the role lacks a permission that the container requires.

    Raises `KeyUnusable` if the state of the volume's key does not allow encryption. Without
    permissions for logs and metrics, the container runs without logs and metrics, and a warning is
    logged.
    """
    for action, resource, context in _required(instances):
        require_role_permission(role_arn, session, action, resource, context)
    if instances.volume_key:
        check_key(key_arn(instances.volume_key, ACCOUNT_ID, instances.region))
    try:
        for action, resource, context in _reporting(instances):
            require_role_permission(role_arn, session, action, resource, context)
    except NotAuthorized as error:
        logger.warning("The container writes no logs or metrics: %s", error)


def _required(instances: Instances) -> Iterator[Permission]:
    if instances.image:
        yield from _image(instances.image)
    if instances.network:
        if instances.checks_network:
            yield from ((action, "*", {}) for action in _JOIN_NETWORK)
        yield from _network(instances.region, instances.network)
    if instances.output_key:
        yield "kms:Encrypt", key_arn(instances.output_key, ACCOUNT_ID, instances.region), {}
    if instances.volume_key:
        yield "kms:DescribeKey", instances.volume_key, {}
        yield "kms:CreateGrant", instances.volume_key, {"kms:grantisforawsresource": ("true",)}


def _reporting(instances: Instances) -> Iterator[Permission]:
    yield "cloudwatch:PutMetricData", "*", {"cloudwatch:namespace": (instances.log_group,)}
    group = f"arn:aws:logs:{instances.region}:{ACCOUNT_ID}:log-group:{instances.log_group}:*"
    yield "logs:DescribeLogStreams", group, {}


def _image(uri: str) -> Iterator[Permission]:
    """Return the permissions to pull `ACCOUNT.dkr.ecr.REGION.amazonaws.com/REPOSITORY:TAG`."""
    registry, _, name = uri.partition("/")
    account, _, _, region, *_ = [*registry.split("."), "", "", "", ""]
    repository = name.partition("@")[0].partition(":")[0]
    yield "ecr:GetAuthorizationToken", "*", {}
    for action in _PULL:
        yield action, f"arn:aws:ecr:{region}:{account}:repository/{repository}", {}


def _network(region: str, network: Mapping[str, Any]) -> Iterator[Permission]:
    arn_prefix = f"arn:aws:ec2:{region}:{ACCOUNT_ID}"
    interface = f"{arn_prefix}:network-interface/eni-0"
    for action in _DESCRIBE_NETWORK:
        yield action, "*", {}
    yield "ec2:CreateNetworkInterface", interface, {}
    for kind, member in (("subnet", "Subnets"), ("security-group", "SecurityGroupIds")):
        for name in network.get(member, ()):
            yield "ec2:CreateNetworkInterface", f"{arn_prefix}:{kind}/{name}", {}
    for action in _USE_INTERFACE:
        yield action, interface, {}
