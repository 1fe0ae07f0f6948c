"""Patches where moto differs from AWS."""

from __future__ import annotations

from copy import copy
from functools import cache
from typing import Any

from moto.core import utils as moto_utils
from moto.ec2.exceptions import DependencyViolationError
from moto.ec2.models import EC2Backend
from moto.ecr.models import ECRBackend
from moto.iam.models import IAMBackend
from moto.redshift.exceptions import RedshiftClientError
from moto.redshift.models import RedshiftBackend, redshift_backends
from moto.s3.models import S3Backend
from moto.sqs.models import Queue, SQSBackend
from moto.utilities.utils import get_partition

from local_cloud.moto_lock import MOTO

# moto creates a loader for each service, which lists the folders of all services again.
_shared_loader = cache(moto_utils.create_loader)
# Account and partition -> policies, for the next backend in the same process.
_CREATED_POLICIES: dict[tuple[str, str], list[Any]] = {}
_aws_policies = IAMBackend._init_aws_policies
_batch_get_image = ECRBackend.batch_get_image
_delete_security_group = EC2Backend.delete_security_group
_delete_subnet_group = RedshiftBackend.delete_cluster_subnet_group
_describe_parameters = RedshiftBackend.describe_cluster_parameters
_set_attributes = SQSBackend.set_queue_attributes
_wait_for_messages = Queue.wait_for_messages


def install(region: str) -> None:
    """Patch moto's backends. Idempotent."""
    partition = get_partition(region)
    moto_utils.create_loader = _shared_loader
    IAMBackend._init_aws_policies = lambda backend: _policies_of(backend, partition)
    ECRBackend.batch_get_image = _batch_get_own_image
    EC2Backend.delete_security_group = _delete_unused_security_group
    RedshiftBackend.delete_cluster_subnet_group = _delete_unused_subnet_group
    S3Backend.log_incoming_request = _write_no_access_log
    RedshiftBackend.describe_cluster_parameters = _describe_own_parameters
    SQSBackend.set_queue_attributes = _set_queue_attributes
    Queue.wait_for_messages = _wait_without_lock


def _policies_of(backend: Any, partition: str) -> list[Any]:
    """Return the AWS managed policies of one partition. To create all six sets takes seconds.

    A backend has copies of its own, because a policy counts its attachments.
    """
    if backend.region_name != partition:
        return []
    key = (backend.account_id, partition)
    if key not in _CREATED_POLICIES:
        _CREATED_POLICIES[key] = _aws_policies(backend)
    return [_copy(policy) for policy in _CREATED_POLICIES[key]]


def _copy(policy: Any) -> Any:
    copied = copy(policy)
    copied.versions = list(policy.versions)
    return copied


def _batch_get_own_image(
    backend: Any, repository_str: str, registry_id: str | None, image_ids: Any
) -> dict[str, Any]:
    """Return images of the account. moto would say that other registries have no repository."""
    if registry_id not in (None, backend.account_id):
        raise NotImplementedError(f"it knows no image of the registry {registry_id}")
    found: dict[str, Any] = _batch_get_image(backend, repository_str, registry_id, image_ids)
    return found


def _write_no_access_log(_backend: Any, _request: Any, _bucket_name: str) -> None:
    """Write no access logs.

    AWS delivers access logs hours later. moto would write them immediately, so a bucket of logs
    could never be emptied: each deletion would add a log.
    """


def _describe_own_parameters(backend: Any, parameter_group_name: str) -> list[dict[str, Any]]:
    """Return the parameters with the values of the group. moto would return the defaults."""
    parameters: list[dict[str, Any]] = _describe_parameters(backend, parameter_group_name)
    group = backend.parameter_groups[parameter_group_name]
    own: dict[str, str] = getattr(group, "laptop_parameters", {})
    defaults = {item["ParameterName"]: item for item in parameters}
    for name, value in own.items():
        described = {"ParameterName": name, "ParameterValue": value, "Source": "user"}
        defaults[name] = {**defaults.get(name, {}), **described}
    return list(defaults.values())


def _set_queue_attributes(backend: Any, queue_name: str, attributes: dict[str, Any]) -> Any:
    """Set only the given attributes. moto would also remove the policy of the queue."""
    policy = backend.get_queue(queue_name).policy
    queue = _set_attributes(backend, queue_name, attributes)
    if "Policy" not in attributes:
        queue.policy = policy
    return queue


def _wait_without_lock(queue: Any, timeout: int) -> None:
    """Wait for a message, which another thread sends meanwhile."""
    with MOTO.released():
        _wait_for_messages(queue, timeout)


def _delete_unused_security_group(
    backend: Any, name: str | None = None, group_id: str | None = None
) -> None:
    """Delete a security group unless a cluster uses it. moto checks only network interfaces."""
    clusters = redshift_backends[backend.account_id][backend.region_name].clusters.values()
    if any(group_id in cluster.vpc_security_group_ids for cluster in clusters):
        raise DependencyViolationError(f"resource {group_id} has a dependent object")
    _delete_security_group(backend, name, group_id)


def _delete_unused_subnet_group(backend: Any, subnet_identifier: str) -> Any:
    """Delete a subnet group unless a cluster uses it. moto does not check that."""
    clusters = backend.clusters.values()
    if any(cluster.cluster_subnet_group_name == subnet_identifier for cluster in clusters):
        raise RedshiftClientError(
            "InvalidClusterSubnetGroupStateFault",
            f"Cluster subnet group {subnet_identifier} is in use by a cluster.",
        )
    return _delete_subnet_group(backend, subnet_identifier)
