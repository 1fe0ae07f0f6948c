"""UNLOAD on behalf of a processing job's RedshiftDatasetDefinition."""

from __future__ import annotations

from dataclasses import dataclass

from local_cloud.redshift import engine
from local_cloud.redshift.api.abort_fault import trigger
from local_cloud.redshift.api.data_backend import control_plane
from local_cloud.redshift.api.database_identity import Login
from local_cloud.redshift.api.warehouse_endpoint import cluster_endpoint
from local_cloud.redshift.api.warehouse_runtime import WarehouseRuntime
from local_cloud.redshift.statement_errors import StatementFailed

_FORMATS = ("CSV", "PARQUET")
_COMPRESSIONS = {"CSV": (None, "None", "GZIP"), "PARQUET": (None, "None", "SNAPPY")}


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A RedshiftDatasetDefinition, in the order of its members.

    `role_arn` is the cluster's role that writes the files; `caller_arn` is the identity that
    requests them.
    """

    cluster_identifier: str
    database: str
    db_user: str
    query: str
    role_arn: str
    s3_uri: str
    output_format: str
    compression: str | None = None
    kms_key_id: str | None = None
    caller_arn: str


def unload_sql(dataset: Dataset) -> str:
    """Return the UNLOAD statement of the definition."""
    return (
        f"UNLOAD ({_quoted(dataset.query)}) TO {_quoted(dataset.s3_uri)} "
        f"IAM_ROLE {_quoted(dataset.role_arn)} {_options(dataset)} ALLOWOVERWRITE"
    )


def unload_dataset(runtime: WarehouseRuntime, dataset: Dataset) -> list[str]:
    """Unload the query in a new session. Return the URIs of the files."""
    clusters = control_plane(runtime.cloud).clusters
    if dataset.cluster_identifier not in clusters:
        raise StatementFailed(f"Redshift cluster {dataset.cluster_identifier} does not exist")
    endpoint = cluster_endpoint(clusters[dataset.cluster_identifier])
    login = Login(dataset.db_user)
    session = runtime.session(endpoint, database=dataset.database, login=login)
    try:
        with session.transaction(writes=False):
            files = list(engine.run(session, unload_sql(dataset), {}).files)
            pid = runtime.pids()
            trigger(endpoint_arn=endpoint.arn, caller_arn=dataset.caller_arn, pid=pid)
            return files
    finally:
        session.close()


def _options(dataset: Dataset) -> str:
    output_format, compression = dataset.output_format, dataset.compression
    if output_format not in _FORMATS:
        raise StatementFailed(f"OutputFormat {output_format!r} must be one of {_FORMATS}")
    allowed = _COMPRESSIONS[output_format]
    if compression not in allowed:
        raise StatementFailed(
            f"OutputCompression {compression!r} with {output_format} is not supported by the "
            f"laptop cloud: one of {[name for name in allowed if name]}"
        )
    words = [f"FORMAT {output_format}"]
    if compression == "GZIP":
        words.append("GZIP")
    if dataset.kms_key_id:
        words.append(f"KMS_KEY_ID {_quoted(dataset.kms_key_id)} ENCRYPTED")
    return " ".join(words)


def _quoted(text: str) -> str:
    """Return a text as a Redshift literal. Backslashes are also escaped."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
