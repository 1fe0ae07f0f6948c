"""The requests and responses of Redshift Serverless (JSON), as in botocore's model."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.core.responses import BaseResponse

from local_cloud.authorization.caller_arn import caller_arn
from local_cloud.redshift.api.database_identity import login_of_caller, tagged_roles
from local_cloud.redshift.serverless.exceptions import ValidationError
from local_cloud.redshift.serverless.models import Namespace, Workgroup
from local_cloud.redshift.serverless.serverless_backend import (
    ServerlessBackend,
    redshiftserverless_backends,
)


class ServerlessResponse(BaseResponse):  # type: ignore[misc]
    """One method per operation."""

    def __init__(self) -> None:
        super().__init__(service_name="redshift-serverless")

    @property
    def backend(self) -> ServerlessBackend:
        """The back end for the caller's account and region."""
        found: ServerlessBackend = redshiftserverless_backends[self.current_account][self.region]
        return found

    def create_namespace(self) -> str:
        """Perform CreateNamespace."""
        namespace = self.backend.create_namespace(self._name("namespaceName"), self._given())
        self._tag(namespace.arn)
        return _namespace(namespace)

    def get_namespace(self) -> str:
        """Perform GetNamespace."""
        return _namespace(self.backend.namespace(self._name("namespaceName")))

    def update_namespace(self) -> str:
        """Perform UpdateNamespace."""
        name = self._name("namespaceName")
        return _namespace(self.backend.update_namespace(name, self._given()))

    def delete_namespace(self) -> str:
        """Perform DeleteNamespace. A final snapshot is not supported."""
        if self._get_param("finalSnapshotName"):
            raise ValidationError(
                "the laptop cloud does not support snapshots: omit finalSnapshotName"
            )
        return _namespace(self.backend.delete_namespace(self._name("namespaceName")))

    def list_namespaces(self) -> str:
        """Perform ListNamespaces, with all namespaces in one page."""
        found = [namespace.describe() for namespace in list(self.backend.namespaces.values())]
        return json.dumps({"namespaces": found})

    def create_workgroup(self) -> str:
        """Perform CreateWorkgroup."""
        workgroup = self.backend.create_workgroup(self._name("workgroupName"), self._given())
        self._tag(workgroup.arn)
        return _workgroup(workgroup)

    def get_workgroup(self) -> str:
        """Perform GetWorkgroup."""
        return _workgroup(self.backend.workgroup(self._name("workgroupName")))

    def update_workgroup(self) -> str:
        """Perform UpdateWorkgroup."""
        name = self._name("workgroupName")
        return _workgroup(self.backend.update_workgroup(name, self._given()))

    def delete_workgroup(self) -> str:
        """Perform DeleteWorkgroup."""
        return _workgroup(self.backend.delete_workgroup(self._name("workgroupName")))

    def list_workgroups(self) -> str:
        """Perform ListWorkgroups, with all workgroups in one page."""
        found = [workgroup.describe() for workgroup in list(self.backend.workgroups.values())]
        return json.dumps({"workgroups": found})

    def get_credentials(self) -> str:
        """Perform GetCredentials for the database user of the caller, with the roles of its tag.

        The password has no use: the laptop cloud accepts connections through the Data API only.
        """
        seconds = int(self._get_param("durationSeconds") or 900)
        if not 900 <= seconds <= 3600:
            raise ValidationError(f"durationSeconds {seconds} is not in 900 to 3600")
        endpoint = self.backend.endpoint(self._name("workgroupName"))
        arn = caller_arn(self.get_access_key(), self.current_account, self.region)
        warehouse = self.backend.runtime.warehouse(endpoint)
        expiration = datetime.now(UTC) + timedelta(seconds=seconds)
        return json.dumps(
            {
                "dbUser": login_of_caller(arn, warehouse, tagged_roles(arn)).user,
                "dbPassword": secrets.token_urlsafe(32),
                "expiration": expiration.timestamp(),
                "nextRefreshTime": expiration.timestamp(),
            }
        )

    def tag_resource(self) -> str:
        """Perform TagResource."""
        self._tag(self._name("resourceArn"))
        return "{}"

    def untag_resource(self) -> str:
        """Perform UntagResource."""
        tags = self.backend.tags_of(self._name("resourceArn"))
        for key in self._get_param("tagKeys"):
            tags.pop(key, None)
        return "{}"

    def list_tags_for_resource(self) -> str:
        """Perform ListTagsForResource."""
        tags = self.backend.tags_of(self._name("resourceArn"))
        found = [{"key": key, "value": value} for key, value in tags.items()]
        return json.dumps({"tags": found})

    def _tag(self, arn: str) -> None:
        tags = {tag["key"]: tag["value"] for tag in self._get_param("tags") or []}
        self.backend.tags_of(arn).update(tags)

    def _given(self) -> dict[str, Any]:
        given: dict[str, Any] = json.loads(self.body)
        return given

    def _name(self, parameter: str) -> str:
        value = self._get_param(parameter)
        if not value:
            raise ValidationError(f"{parameter} is required")
        return str(value)


def _namespace(namespace: Namespace) -> str:
    return json.dumps({"namespace": namespace.describe()})


def _workgroup(workgroup: Workgroup) -> str:
    return json.dumps({"workgroup": workgroup.describe()})
