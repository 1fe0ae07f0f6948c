"""RotateSecret for passwords that Redshift manages: sets a new password in secret and warehouse.

https://docs.aws.amazon.com/redshift/latest/mgmt/redshift-secrets-manager-integration.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from moto.redshift.models import redshift_backends
from moto.secretsmanager.exceptions import InvalidRequestException
from moto.secretsmanager.models import SecretsManagerBackend

from local_cloud.moto_lock import MOTO
from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime
from local_cloud.redshift.passwords import new_password
from local_cloud.redshift.serverless import redshiftserverless_backends


@dataclass(frozen=True)
class Administrator:
    """The administrator whose password is in a secret. `data` identifies the warehouse."""

    name: str
    data: str
    set_password: Callable[[str], None]


def install(runtime: WarehouseRuntime) -> None:
    """Replace moto's rotation, after which the secret would have no value."""

    def rotate_secret(
        backend: SecretsManagerBackend,
        secret_id: str,
        client_request_token: str | None = None,
        rotation_lambda_arn: str | None = None,
        rotation_rules: Mapping[str, Any] | None = None,
        rotate_immediately: bool = True,
    ) -> str:
        if rotation_lambda_arn or rotation_rules or not rotate_immediately:
            raise NotImplementedError(
                "the password is rotated immediately; omit RotationLambdaARN, RotationRules and "
                "RotateImmediately"
            )
        return _rotate(runtime, backend, secret_id, client_request_token)

    SecretsManagerBackend.rotate_secret = rotate_secret


def _rotate(
    runtime: WarehouseRuntime, backend: SecretsManagerBackend, secret_id: str, token: str | None
) -> str:
    secret: Any = backend.describe_secret(secret_id)
    administrator = _administrator(backend, secret.arn)
    if administrator is None:
        raise InvalidRequestException(
            "No Lambda rotation function ARN is associated with this secret."
        )
    if token is not None and token in secret.versions:
        return str(secret.to_short_dict(version_id=token))
    password = new_password()
    _set_password(runtime, administrator, password)
    value = {**json.loads(secret.secret_string), "password": password}
    stages = ["AWSCURRENT"]
    return str(backend.put_secret_value(secret_id, json.dumps(value), None, token, stages))


def _administrator(backend: SecretsManagerBackend, secret_arn: str) -> Administrator | None:
    account, region = backend.account_id, backend.region_name
    for cluster in redshift_backends[account][region].clusters.values():
        if getattr(cluster, "master_password_secret_arn", None) == secret_arn:
            put = partial(setattr, cluster, "master_user_password")
            return Administrator(cluster.master_username, cluster.unique_cluster_id, put)
    for namespace in redshiftserverless_backends[account][region].namespaces.values():
        if namespace.secret_arn == secret_arn:
            put = partial(setattr, namespace, "password")
            return Administrator(namespace.administrator, namespace.id, put)
    return None


def _set_password(runtime: WarehouseRuntime, administrator: Administrator, password: str) -> None:
    """Replace the administrator's password by the new password."""
    administrator.set_password(password)
    warehouse = runtime.warehouses.get(administrator.data)
    if warehouse is None:  # no statement has run since the creation
        return
    with MOTO.released(), warehouse.writing:  # a statement that writes may run for minutes
        user = warehouse.access.users.get(administrator.name)
        if user is not None:  # ALTER USER may have set another password
            warehouse.access = warehouse.access.with_user(replace(user, password=None))
