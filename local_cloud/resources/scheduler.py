"""AWS::Scheduler: schedules and their groups."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import ServiceResource, removed_keys


class ScheduleGroup(ServiceResource):
    """AWS::Scheduler::ScheduleGroup; Ref returns the name."""

    TYPE = "AWS::Scheduler::ScheduleGroup"
    PROPERTIES = frozenset({"Name", "Tags"})

    def create(self) -> None:
        """Call CreateScheduleGroup."""
        name = self.properties.get("Name", self.short_name(64))
        answer = self.service("scheduler").create_schedule_group(Name=name, Tags=self.tags)
        self.physical_resource_id = name
        self.attributes = {"Arn": answer["ScheduleGroupArn"]}

    def update(self, before: Self) -> None:
        """Update the tags."""
        scheduler, arn = self.service("scheduler"), self.attributes["Arn"]
        removed = removed_keys(before.tags, self.tags)
        if removed:
            scheduler.untag_resource(ResourceArn=arn, TagKeys=removed)
        if self.tags:
            scheduler.tag_resource(ResourceArn=arn, Tags=self.tags)

    def remove(self) -> None:
        """Call DeleteScheduleGroup."""
        self.service("scheduler").delete_schedule_group(Name=self.physical_resource_id)


class Schedule(ServiceResource):
    """AWS::Scheduler::Schedule; Ref returns the name."""

    TYPE = "AWS::Scheduler::Schedule"
    MUTABLE = frozenset(
        {
            *("Description", "FlexibleTimeWindow", "ScheduleExpression"),
            *("ScheduleExpressionTimezone", "State", "Target"),
        }
    )
    PROPERTIES = MUTABLE | {"GroupName", "Name"}

    def create(self) -> None:
        """Call CreateSchedule."""
        name = self.properties.get("Name", self.short_name(64))
        answer = self.service("scheduler").create_schedule(Name=name, **self._request())
        self.physical_resource_id = name
        self.attributes = {"Arn": answer["ScheduleArn"]}

    def update(self, before: Self) -> None:
        """Call UpdateSchedule, which replaces all properties."""
        self.service("scheduler").update_schedule(Name=self.physical_resource_id, **self._request())

    def remove(self) -> None:
        """Call DeleteSchedule."""
        group = self.given("GroupName")
        self.service("scheduler").delete_schedule(Name=self.physical_resource_id, **group)

    def _request(self) -> dict[str, Any]:
        request = self.given(*(self.PROPERTIES - {"Name"}))
        target = dict(request["Target"])
        if "RetryPolicy" in target:
            # CloudFormation accepts numbers as text.
            target["RetryPolicy"] = {name: int(v) for name, v in target["RetryPolicy"].items()}
        return {**request, "Target": target}
