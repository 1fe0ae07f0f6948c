"""AWS::Logs: log groups."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import ServiceResource, as_mapping, removed_keys


class LogGroup(ServiceResource):
    """AWS::Logs::LogGroup; Ref returns the name, Arn the ARN with `:*` at the end."""

    TYPE = "AWS::Logs::LogGroup"
    PROPERTIES = frozenset({"KmsKeyId", "LogGroupName", "RetentionInDays", "Tags"})
    MUTABLE = frozenset({"RetentionInDays", "Tags"})

    def create(self) -> None:
        """Call CreateLogGroup and PutRetentionPolicy."""
        name = self.properties.get("LogGroupName", self.name)
        key = {"kmsKeyId": self.properties["KmsKeyId"]} if "KmsKeyId" in self.properties else {}
        self._logs.create_log_group(logGroupName=name, tags=as_mapping(self.tags), **key)
        self.physical_resource_id = name
        self.attributes = {"Arn": f"{self._arn}:*"}
        self._set_retention()

    def update(self, before: Self) -> None:
        """Call PutRetentionPolicy, then update the tags."""
        self._set_retention()
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._logs.untag_resource(resourceArn=self._arn, tagKeys=removed)
        if self.tags:
            self._logs.tag_resource(resourceArn=self._arn, tags=as_mapping(self.tags))

    def remove(self) -> None:
        """Call DeleteLogGroup."""
        self._logs.delete_log_group(logGroupName=self.physical_resource_id)

    @property
    def _logs(self) -> Any:
        return self.service("logs")

    @property
    def _arn(self) -> str:
        account = self.stack_id.split(":")[4]
        return f"arn:aws:logs:{self.region}:{account}:log-group:{self.physical_resource_id}"

    def _set_retention(self) -> None:
        group = {"logGroupName": self.physical_resource_id}
        if "RetentionInDays" in self.properties:
            days = int(self.properties["RetentionInDays"])
            self._logs.put_retention_policy(**group, retentionInDays=days)
        else:
            self._logs.delete_retention_policy(**group)
