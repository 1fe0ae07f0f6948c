"""UNLOAD: writes the rows of a query to files in S3."""

from __future__ import annotations

import json
from typing import Any

from sqlglot import exp

from local_cloud.redshift.s3.s3_access import location, objects, s3_errors
from local_cloud.redshift.s3.unload_files import UnloadedFile, files, written_columns
from local_cloud.redshift.s3.unload_lines import line_query, positioned
from local_cloud.redshift.s3.unload_options import UnloadOptions, read_unload
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.dialect import tokens
from local_cloud.redshift.sql.parsing import parse
from local_cloud.redshift.sql.queries import ShapedQuery, shape
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed

_DELETED_AT_ONCE = 1000


def unload(session: Session, reader: Reader) -> StatementOutcome:
    """Run an UNLOAD. The outcome lists the files in the order of slices."""
    options = read_unload(reader)
    query = shape(session, _query(options.query), {}, padded=options.kind == "parquet")
    columns = written_columns(query, options)
    client = session.s3_access.client(options.role_arn, session.user)
    bucket, prefix = location(options.target)
    _require_empty(client, bucket, prefix, options)
    if options.kind == "parquet":
        rows = session.rows(f"SELECT * {positioned(query)}")
    else:
        rows = session.rows(line_query(query, columns, options))
    created = list(files(rows, query, prefix, options))
    _clean(client, bucket, prefix, created, options)
    for file in created:
        session.check_cancelled()
        _put(client, bucket, file, options)
    if options.manifest is not None and created:
        _put(client, bucket, _manifest(bucket, prefix, created, query, options), options)
    return StatementOutcome(
        rows.num_rows, files=tuple(f"s3://{bucket}/{file.key}" for file in created)
    )


def _query(text: str) -> exp.Expr:
    """Parse the quoted query. Raises StatementFailed if it ends with LIMIT, as Redshift does."""
    tokens(text)
    tree = parse(text)
    if not isinstance(tree, exp.Query) or tree.args.get("into") is not None:
        raise StatementFailed("ERROR: UNLOAD takes a SELECT query")
    if tree.args.get("limit") is not None:
        raise StatementFailed("ERROR: Limit clause is not supported")
    return tree


def _require_empty(client: Any, bucket: str, prefix: str, options: UnloadOptions) -> None:
    if options.allow_overwrite or options.clean_path:
        return
    found = objects(client, bucket, prefix)
    if found:
        raise StatementFailed(
            "ERROR: Specified unload destination on S3 is not empty. Consider using a different "
            "bucket / prefix, manually removing the target files in S3, or using the "
            f"ALLOWOVERWRITE option. Found s3://{bucket}/{found[0]}"
        )


def _clean(
    client: Any, bucket: str, prefix: str, created: list[UnloadedFile], options: UnloadOptions
) -> None:
    """Delete the existing files for CLEANPATH; with partitions, only in folders with new files."""
    if not options.clean_path:
        return
    folders = {prefix}
    if options.partition_by:
        folders = {file.key.rpartition("/")[0] + "/" for file in created}
    for folder in folders:
        keys = objects(client, bucket, folder)
        for start in range(0, len(keys), _DELETED_AT_ONCE):
            batch = [{"Key": key} for key in keys[start : start + _DELETED_AT_ONCE]]
            with s3_errors(bucket):
                client.delete_objects(Bucket=bucket, Delete={"Objects": batch, "Quiet": True})


def _put(client: Any, bucket: str, file: UnloadedFile, options: UnloadOptions) -> None:
    with s3_errors(bucket):
        client.put_object(Bucket=bucket, Key=file.key, Body=file.content, **_encryption(options))


def _encryption(options: UnloadOptions) -> dict[str, str]:
    """Return the encryption: SSE-KMS with KMS_KEY_ID, the bucket's for ENCRYPTED AUTO, SSE-S3."""
    if options.kms_key_id is not None:
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": options.kms_key_id}
    return {} if options.encrypted == "auto" else {"ServerSideEncryption": "AES256"}


def _manifest(
    bucket: str,
    prefix: str,
    created: list[UnloadedFile],
    query: ShapedQuery,
    options: UnloadOptions,
) -> UnloadedFile:
    """Return the manifest `<prefix>manifest`. VERBOSE adds the schema, the rows and the author."""
    verbose = options.manifest == "verbose"
    entries = []
    for file in created:
        meta = {"content_length": len(file.content)}
        if verbose:
            meta["record_count"] = file.rows
        entries.append({"url": f"s3://{bucket}/{file.key}", "meta": meta})
    body: dict[str, Any] = {"entries": entries}
    if verbose:
        body["schema"] = {"elements": [_element(column) for column in query.columns]}
        body["meta"] = {
            "content_length": sum(len(file.content) for file in created),
            "record_count": sum(file.rows for file in created),
        }
        body["author"] = {"name": "Amazon Redshift", "version": "1.0.0"}
    folder = prefix if not options.partition_by else prefix.rstrip("/") + "/"
    return UnloadedFile(f"{folder}manifest", json.dumps(body, indent=2).encode(), 0)


def _element(column: Any) -> dict[str, Any]:
    kind: dict[str, Any] = {"base": column.type.declaration.split("(")[0]}
    if column.type.name in ("varchar", "bpchar"):
        kind["max_length"] = column.type.precision
    if column.type.name == "numeric":
        kind |= {"precision": column.type.precision, "scale": column.type.scale}
    return {"name": column.name, "type": kind}
