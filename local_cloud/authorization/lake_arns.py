"""The ARNs of workgroups of Athena, and of databases and tables of the Glue catalogue."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from moto.backends import get_backend

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.named_arns import named


def _glue(request: AuthorizationRequest, *names: str) -> list[str]:
    """Return the ARNs of the catalogue, the database and the table: Glue checks all levels."""
    return [request.arn("glue", "catalog"), *(request.arn("glue", name) for name in names)]


def _glue_database(request: AuthorizationRequest) -> list[str]:
    name = request.parameter("Name") or request.parameter("DatabaseName")
    return _glue(request, f"database/{name}")


def _glue_table(request: AuthorizationRequest) -> list[str]:
    database = request.parameter("DatabaseName")
    name = request.parameter("Name") or request.parameter("TableName")
    return _glue(request, f"database/{database}", f"table/{database}/{name}")


def _glue_tables(request: AuthorizationRequest) -> list[str]:
    database = request.parameter("DatabaseName")
    return _glue(request, f"database/{database}", f"table/{database}/*")


def _glue_new_database(request: AuthorizationRequest) -> list[str]:
    name = (request.parameter("DatabaseInput") or {}).get("Name")
    return _glue(request, f"database/{name}")


def _glue_new_table(request: AuthorizationRequest) -> list[str]:
    database = request.parameter("DatabaseName")
    name = (request.parameter("TableInput") or {}).get("Name")
    return _glue(request, f"database/{database}", f"table/{database}/{name}")


def _athena_workgroup(request: AuthorizationRequest) -> list[str]:
    """Return the ARN of the workgroup that a request names; the default is `primary`."""
    name = request.parameter("WorkGroup") or request.parameter("Name") or "primary"
    return [request.arn("athena", f"workgroup/{name}")]


def _athena_query(request: AuthorizationRequest) -> list[str]:
    """Return the ARNs of the workgroups of the queries that a request names."""
    given = request.parameter("QueryExecutionIds") or [request.parameter("QueryExecutionId")]
    queries = get_backend("athena")[request.account][request.region].queries
    names = dict.fromkeys(queries[each].request.workgroup for each in given if each in queries)
    return [request.arn("athena", f"workgroup/{name}") for name in names]


LAKE_FINDERS: Mapping[str, Callable[[AuthorizationRequest], list[str]]] = {
    "athena:BatchGetQueryExecution": _athena_query,
    "athena:CreateWorkGroup": _athena_workgroup,
    "athena:DeleteWorkGroup": _athena_workgroup,
    "athena:GetQueryExecution": _athena_query,
    "athena:GetQueryResults": _athena_query,
    "athena:GetWorkGroup": _athena_workgroup,
    "athena:ListQueryExecutions": _athena_workgroup,
    "athena:ListTagsForResource": named("athena", "", "ResourceARN"),
    "athena:StartQueryExecution": _athena_workgroup,
    "athena:StopQueryExecution": _athena_query,
    "athena:TagResource": named("athena", "", "ResourceARN"),
    "athena:UntagResource": named("athena", "", "ResourceARN"),
    "athena:UpdateWorkGroup": _athena_workgroup,
    "glue:BatchCreatePartition": _glue_table,
    "glue:BatchDeletePartition": _glue_table,
    "glue:BatchUpdatePartition": _glue_table,
    "glue:CreateDatabase": _glue_new_database,
    "glue:CreatePartition": _glue_table,
    "glue:CreateTable": _glue_new_table,
    "glue:DeleteCrawler": named("glue", "crawler/", "Name"),
    "glue:DeleteTable": _glue_table,
    "glue:GetCrawler": named("glue", "crawler/", "Name"),
    "glue:GetDatabase": _glue_database,
    "glue:GetPartitions": _glue_table,
    "glue:GetTable": _glue_table,
    "glue:GetTables": _glue_tables,
    "glue:GetTags": named("glue", "", "ResourceArn"),
    "glue:StartCrawler": named("glue", "crawler/", "Name"),
    "glue:StopCrawler": named("glue", "crawler/", "Name"),
    "glue:TagResource": named("glue", "", "ResourceArn"),
    "glue:UntagResource": named("glue", "", "ResourceArn"),
    "glue:UpdateCrawler": named("glue", "crawler/", "Name"),
    "glue:UpdateTable": _glue_new_table,
}
