"""Where moto's services say or do something else than AWS, mended by the smallest change."""

from __future__ import annotations

from typing import Any

from moto.redshift.models import RedshiftBackend
from moto.s3.models import S3Backend
from moto.sqs.models import SQSBackend

_describe_parameters = RedshiftBackend.describe_cluster_parameters
_set_attributes = SQSBackend.set_queue_attributes


def install() -> None:
    """Mend moto's back ends; doing it again changes nothing."""
    S3Backend.log_incoming_request = _write_no_access_log
    RedshiftBackend.describe_cluster_parameters = _describe_own_parameters
    SQSBackend.set_queue_attributes = _set_queue_attributes


def _write_no_access_log(_backend: Any, _request: Any, _bucket_name: str) -> None:
    """Access logs are configured but never written.

    AWS delivers them hours later; moto at once, so that a bucket of logs could never be emptied,
    as emptying is access, too.
    """


def _describe_own_parameters(backend: Any, parameter_group_name: str) -> list[dict[str, Any]]:
    """The parameters with the values that the group was given; moto shows the defaults."""
    parameters: list[dict[str, Any]] = _describe_parameters(backend, parameter_group_name)
    group = backend.parameter_groups[parameter_group_name]
    own: dict[str, str] = getattr(group, "laptop_parameters", {})
    defaults = {item["ParameterName"]: item for item in parameters}
    for name, value in own.items():
        described = {"ParameterName": name, "ParameterValue": value, "Source": "user"}
        defaults[name] = {**defaults.get(name, {}), **described}
    return list(defaults.values())


def _set_queue_attributes(backend: Any, queue_name: str, attributes: dict[str, Any]) -> Any:
    """Set what is given and nothing else: moto drops the queue's policy each time."""
    policy = backend.get_queue(queue_name).policy
    queue = _set_attributes(backend, queue_name, attributes)
    if "Policy" not in attributes:
        queue.policy = policy
    return queue
