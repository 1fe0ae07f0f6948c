"""UNLOAD on behalf of a processing job's RedshiftDatasetDefinition."""

from __future__ import annotations

from local_cloud.redshift import engine
from local_cloud.redshift.api.aborts import strike
from local_cloud.redshift.api.backend import Runtime, control_plane
from local_cloud.redshift.api.endpoint import cluster_endpoint
from local_cloud.redshift.api.identity import Login
from local_cloud.redshift.errors import StatementFailed

_FORMATS = ("CSV", "PARQUET")
_COMPRESSIONS = {"CSV": (None, "None", "GZIP"), "PARQUET": (None, "None", "SNAPPY")}


def unload_dataset(
    runtime: Runtime,
    *,
    cluster_identifier: str,
    database: str,
    db_user: str,
    query: str,
    s3_uri: str,
    role_arn: str,
    caller_arn: str,
    output_format: str,
    compression: str | None,
    kms_key_id: str | None,
) -> list[str]:
    """Run the query as UNLOAD in its own session; the URIs of the files written."""
    options = _options(output_format, compression, kms_key_id)
    sql = (
        f"UNLOAD ({_quoted(query)}) TO {_quoted(s3_uri)} IAM_ROLE {_quoted(role_arn)} "
        f"{options} ALLOWOVERWRITE"
    )
    clusters = control_plane(runtime.cloud).clusters
    if cluster_identifier not in clusters:
        raise StatementFailed(f"Redshift cluster {cluster_identifier} does not exist")
    endpoint = cluster_endpoint(clusters[cluster_identifier])
    session = runtime.session(endpoint, database=database, login=Login(db_user))
    try:
        with session.transaction(writes=False):
            files = list(engine.run(session, sql, {}).files)
            strike(endpoint_arn=endpoint.arn, caller_arn=caller_arn, pid=runtime.pids())
            return files
    finally:
        session.close()


def _options(output_format: str, compression: str | None, kms_key_id: str | None) -> str:
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
    if kms_key_id:
        words.append(f"KMS_KEY_ID {_quoted(kms_key_id)} ENCRYPTED")
    return " ".join(words)


def _quoted(text: str) -> str:
    """A text as a Redshift literal, in which the backslash escapes too."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"
