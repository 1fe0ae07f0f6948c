"""The requests and responses of Athena (JSON), as in botocore's model."""

from __future__ import annotations

import json
from typing import Any

from moto.athena.models import athena_backends
from moto.core.responses import BaseResponse

from local_cloud.athena.api.athena_backend import QueryBackend, described
from local_cloud.athena.api.exceptions import InvalidRequestError
from local_cloud.athena.api.query_documents import query_document, result_page
from local_cloud.athena.api.query_execution import QueryRequest
from local_cloud.athena.api.result_configuration import (
    check_configuration,
    check_result,
    effective_result,
    is_enforced,
)
from local_cloud.athena.caller_clients import clients_of_caller
from local_cloud.athena.sql.trino_query import CATALOG

_MAX_QUERY_BYTES = 262144
_WITHOUT_EFFECT = ("ResultReuseConfiguration", "EngineConfiguration")


class QueryResponses(BaseResponse):  # type: ignore[misc]
    """One method per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="athena")

    @property
    def backend(self) -> QueryBackend:
        """The back end of the request's account and region."""
        found: QueryBackend = athena_backends[self.current_account][self.region]
        return found

    def start_query_execution(self) -> str:
        """Accept a query. It runs with the permissions of the caller."""
        sql = str(self._get_param("QueryString") or "")
        if not sql.strip() or len(sql.encode()) > _MAX_QUERY_BYTES:
            raise InvalidRequestError(f"QueryString must have 1 to {_MAX_QUERY_BYTES} bytes")
        for name in _WITHOUT_EFFECT:
            if self._get_param(name):
                raise InvalidRequestError(f"{name} is not supported by the laptop cloud")
        query = self.backend.start(self._query_request(sql), self._get_param("ClientRequestToken"))
        return json.dumps({"QueryExecutionId": query.id})

    def get_query_execution(self) -> str:
        """Describe a query."""
        return json.dumps({"QueryExecution": query_document(self._query())})

    def batch_get_query_execution(self) -> str:
        """Describe several queries."""
        known = self.backend.queries
        given = self._get_param("QueryExecutionIds") or []
        return json.dumps(
            {
                "QueryExecutions": [query_document(known[name]) for name in given if name in known],
                "UnprocessedQueryExecutionIds": [
                    {"QueryExecutionId": name, "ErrorCode": "NOT_FOUND"}
                    for name in given
                    if name not in known
                ],
            }
        )

    def list_query_executions(self) -> str:
        """List the queries of a workgroup, newest first."""
        name = self._get_param("WorkGroup") or "primary"
        queries = [
            each.id
            for each in list(self.backend.queries.values())
            if each.request.workgroup == name
        ]
        start = page_start(self._get_param("NextToken"))
        limit = int(self._get_param("MaxResults") or 50)
        page = queries[::-1][start : start + limit]
        more = {"NextToken": str(start + limit)} if start + limit < len(queries) else {}
        return json.dumps({"QueryExecutionIds": page, **more})

    def get_query_results(self) -> str:
        """Return a page of the result, which is read from S3 with the permissions of the caller."""
        limit, token = self._get_param("MaxResults"), self._get_param("NextToken")
        s3 = clients_of_caller(self.backend.cloud)("s3")
        return json.dumps(
            result_page(self._query(), s3, start=page_start(token), limit=int(limit or 1000))
        )

    def stop_query_execution(self) -> str:
        """Cancel a query."""
        self._query().cancel()
        return "{}"

    def create_work_group(self) -> str:
        """Create a workgroup."""
        name = self._get_param("Name")
        configuration = self._get_param("Configuration") or {}
        check_configuration(configuration)
        tags = self._get_param("Tags") or []
        description = self._get_param("Description") or ""
        if self.backend.create_work_group(name, configuration, description, tags) is None:
            raise InvalidRequestError(f"WorkGroup {name} is already created")
        return "{}"

    def get_work_group(self) -> str:
        """Describe a workgroup."""
        found = self.backend.workgroup(self._get_param("WorkGroup"))
        return json.dumps({"WorkGroup": described(found)})

    def list_work_groups(self) -> str:
        """List the workgroups."""
        names = ("Name", "State", "Description")
        found = [described(each) for each in self.backend.work_groups.values()]
        return json.dumps({"WorkGroups": [{n: each[n] for n in names} for each in found]})

    def update_work_group(self) -> str:
        """Update the description, the state or members of the configuration."""
        found = self.backend.workgroup(self._get_param("WorkGroup"))
        updates = dict(self._get_param("ConfigurationUpdates") or {})
        result = updates.pop("ResultConfigurationUpdates", None)
        if result is not None:
            before = found.configuration.get("ResultConfiguration") or {}
            updates["ResultConfiguration"] = _updated(before, result)
        is_unlimited = updates.pop("RemoveBytesScannedCutoffPerQuery", False)
        check_configuration(updates)
        found.configuration = {**found.configuration, **updates}
        if is_unlimited:
            found.configuration.pop("BytesScannedCutoffPerQuery", None)
        found.description = self._get_param("Description") or found.description
        found.state = self._get_param("State") or found.state
        return "{}"

    def delete_work_group(self) -> str:
        """Delete a workgroup."""
        self.backend.delete_workgroup(self._get_param("WorkGroup"))
        return "{}"

    def tag_resource(self) -> str:
        """Add tags to a workgroup."""
        arn = self.backend.tagged(self._get_param("ResourceARN"))
        self.backend.tagger.tag_resource(arn, self._get_param("Tags"))
        return "{}"

    def untag_resource(self) -> str:
        """Remove tags of a workgroup."""
        arn = self.backend.tagged(self._get_param("ResourceARN"))
        self.backend.tagger.untag_resource_using_names(arn, self._get_param("TagKeys"))
        return "{}"

    def list_tags_for_resource(self) -> str:
        """Return the tags of a workgroup."""
        arn = self.backend.tagged(self._get_param("ResourceARN"))
        return json.dumps(self.backend.tagger.list_tags_for_resource(arn))

    def _query(self) -> Any:
        return self.backend.query(self._get_param("QueryExecutionId"))

    def _query_request(self, sql: str) -> QueryRequest:
        workgroup = self.backend.workgroup(self._get_param("WorkGroup") or "primary")
        if workgroup.state != "ENABLED":
            raise InvalidRequestError(f"WorkGroup {workgroup.name} is disabled.")
        context = self._get_param("QueryExecutionContext") or {}
        catalog = context.get("Catalog", CATALOG)
        if catalog.lower() != CATALOG:
            raise InvalidRequestError(
                f"the data catalog {catalog} is not supported by the laptop cloud: it has only "
                "AwsDataCatalog"
            )
        result = self._get_param("ResultConfiguration") or {}
        check_result(result)
        return QueryRequest(
            sql=sql,
            parameters=self._get_param("ExecutionParameters") or [],
            database=context.get("Database", "default").lower(),
            workgroup=workgroup.name,
            result=effective_result(workgroup.configuration, result),
            enforced=is_enforced(workgroup.configuration),
            limit=workgroup.configuration.get("BytesScannedCutoffPerQuery"),
            clients=clients_of_caller(self.backend.cloud),
        )


def page_start(token: str | None) -> int:
    """Return the place at which a page starts. Raises InvalidRequestError for an invalid token."""
    if token and not token.isdecimal():
        raise InvalidRequestError(f"NextToken {token!r} is not a token of an earlier response")
    return int(token or 0)


def _updated(before: dict[str, Any], updates: dict[str, Any]) -> dict[str, Any]:
    """Apply ResultConfigurationUpdates, which can remove members."""
    after = dict(before)
    for name, value in updates.items():
        if name.startswith("Remove"):
            if value:
                after.pop(name.removeprefix("Remove"), None)
        else:
            after[name] = value
    return after
