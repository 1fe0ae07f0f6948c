"""AWS::Athena: workgroups."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import ServiceResource, removed_keys


class WorkGroup(ServiceResource):
    """AWS::Athena::WorkGroup; Ref returns the name."""

    TYPE = "AWS::Athena::WorkGroup"
    PROPERTIES = frozenset(
        {
            *("Description", "Name", "RecursiveDeleteOption", "State", "Tags"),
            "WorkGroupConfiguration",
        }
    )
    MUTABLE = PROPERTIES - {"Name"}

    def create(self) -> None:
        """Call CreateWorkGroup."""
        name = self.properties["Name"]
        self._athena.create_work_group(
            Name=name,
            Configuration=self.properties.get("WorkGroupConfiguration", {}),
            Tags=self.tags,
            **self.given("Description"),
        )
        self.physical_resource_id = name
        if self.properties.get("State") == "DISABLED":
            self._athena.update_work_group(WorkGroup=name, State="DISABLED")

    def update(self, before: Self) -> None:
        """Call UpdateWorkGroup, then update the tags."""
        updates = dict(self.properties.get("WorkGroupConfiguration", {}))
        if "ResultConfiguration" in updates:
            updates["ResultConfigurationUpdates"] = updates.pop("ResultConfiguration")
        self._athena.update_work_group(
            WorkGroup=self.physical_resource_id,
            ConfigurationUpdates=updates,
            State=self.properties.get("State", "ENABLED"),
            **self.given("Description"),
        )
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._athena.untag_resource(ResourceARN=self._arn, TagKeys=removed)
        if self.tags:
            self._athena.tag_resource(ResourceARN=self._arn, Tags=self.tags)

    def remove(self) -> None:
        """Call DeleteWorkGroup."""
        self._athena.delete_work_group(
            WorkGroup=self.physical_resource_id,
            RecursiveDeleteOption=bool(self.properties.get("RecursiveDeleteOption", False)),
        )

    @property
    def _athena(self) -> Any:
        return self.service("athena")

    @property
    def _arn(self) -> str:
        account = self.stack_id.split(":")[4]
        return f"arn:aws:athena:{self.region}:{account}:workgroup/{self.physical_resource_id}"
