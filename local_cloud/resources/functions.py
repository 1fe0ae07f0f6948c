"""AWS::Lambda: functions and permissions to invoke them."""

from __future__ import annotations

import io
import zipfile
from typing import Any, Self

from local_cloud.authorization import check_trust
from local_cloud.context import ACCOUNT_ID
from local_cloud.functions.function_runtimes import check_runtime
from local_cloud.resources.base import Properties, ServiceResource, as_mapping, removed_keys


class Function(ServiceResource):
    """AWS::Lambda::Function; Ref returns the name, Arn the ARN. Only Python is supported."""

    TYPE = "AWS::Lambda::Function"
    _CONFIGURATION = (
        "DeadLetterConfig",
        "Description",
        "Environment",
        "EphemeralStorage",
        "Handler",
        "KmsKeyArn",
        "LoggingConfig",
        "MemorySize",
        "Role",
        "Runtime",
        "Timeout",
        "TracingConfig",
        "VpcConfig",
    )
    PROPERTIES = frozenset(
        {
            "Architectures",
            "Code",
            "FunctionName",
            "ReservedConcurrentExecutions",
            "Tags",
            *_CONFIGURATION,
        }
    )
    MUTABLE = PROPERTIES - {"FunctionName"}

    def create(self) -> None:
        """Call CreateFunction."""
        self._check()
        function = self._lambda.create_function(
            FunctionName=self.properties.get("FunctionName", self.short_name(64)),
            Code=self._code(),
            Tags=as_mapping(self.tags),
            **self._configuration(),
            **self.given("Architectures"),
        )
        self.physical_resource_id = function["FunctionName"]
        self.attributes = {"Arn": function["FunctionArn"]}
        self._set_concurrency()

    def update(self, before: Self) -> None:
        """Update the configuration, the code, the concurrency and the tags."""
        self._check()
        function = {"FunctionName": self.physical_resource_id}
        # A removed section is sent as an empty section. If it is omitted, Lambda keeps it.
        sections = ("DeadLetterConfig", "Environment")
        emptied: Properties = {name: {} for name in sections if name in before.properties}
        self._lambda.update_function_configuration(**function, **(emptied | self._configuration()))
        if before.properties["Code"] != self.properties["Code"]:
            self._lambda.update_function_code(**function, **self._code())
        self._set_concurrency()
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._lambda.untag_resource(Resource=self.attributes["Arn"], TagKeys=removed)
        if self.tags:
            self._lambda.tag_resource(Resource=self.attributes["Arn"], Tags=as_mapping(self.tags))

    def remove(self) -> None:
        """Call DeleteFunction."""
        self._lambda.delete_function(FunctionName=self.physical_resource_id)

    @property
    def _lambda(self) -> Any:
        return self.service("lambda")

    def _check(self) -> None:
        check_runtime(self.properties.get("Runtime"))
        name = self.properties.get("FunctionName", self.short_name(64))
        arn = f"arn:aws:lambda:{self.region}:{ACCOUNT_ID}:function:{name}"
        check_trust(self.properties["Role"], "lambda.amazonaws.com", source_arn=arn)

    def _configuration(self) -> Properties:
        given = self.given(*self._CONFIGURATION)
        return {
            # The name of this property is spelled differently in the API.
            ("KMSKeyArn" if name == "KmsKeyArn" else name): value
            for name, value in given.items()
        }

    def _code(self) -> Properties:
        """Return the code. Inline code is packed into a zip, as CloudFormation does."""
        code: Properties = self.properties["Code"]
        return {"ZipFile": _packed(code["ZipFile"])} if "ZipFile" in code else code

    def _set_concurrency(self) -> None:
        function = {"FunctionName": self.physical_resource_id}
        if "ReservedConcurrentExecutions" in self.properties:
            self._lambda.put_function_concurrency(
                **function, **self.given("ReservedConcurrentExecutions")
            )
        else:
            self._lambda.delete_function_concurrency(**function)


class Permission(ServiceResource):
    """AWS::Lambda::Permission."""

    TYPE = "AWS::Lambda::Permission"
    PROPERTIES = frozenset({"Action", "FunctionName", "Principal", "SourceAccount", "SourceArn"})
    MUTABLE = frozenset()

    def create(self) -> None:
        """Call AddPermission."""
        self.service("lambda").add_permission(StatementId=self.name, **self.properties)
        self.physical_resource_id = self.name

    def remove(self) -> None:
        """Call RemovePermission."""
        self.service("lambda").remove_permission(
            FunctionName=self.properties["FunctionName"], StatementId=self.name
        )


def _packed(text: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("index.py", text)
    return buffer.getvalue()
