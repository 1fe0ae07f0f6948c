"""AWS::Redshift: scheduled actions."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import ServiceResource


class ScheduledAction(ServiceResource):
    """AWS::Redshift::ScheduledAction; Ref returns the name."""

    TYPE = "AWS::Redshift::ScheduledAction"
    _GIVEN = ("Enable", "IamRole", "Schedule", "ScheduledActionDescription", "TargetAction")
    PROPERTIES = frozenset({"ScheduledActionName", *_GIVEN})
    MUTABLE = frozenset(_GIVEN)

    def create(self) -> None:
        """Call CreateScheduledAction."""
        self.physical_resource_id = self.properties["ScheduledActionName"]
        self._redshift.create_scheduled_action(
            ScheduledActionName=self.physical_resource_id, **self.given(*self._GIVEN)
        )

    def update(self, before: Self) -> None:
        """Call ModifyScheduledAction."""
        self._redshift.modify_scheduled_action(
            ScheduledActionName=self.physical_resource_id, **self.given(*self._GIVEN)
        )

    def remove(self) -> None:
        """Call DeleteScheduledAction."""
        self._redshift.delete_scheduled_action(ScheduledActionName=self.physical_resource_id)

    @property
    def _redshift(self) -> Any:
        return self.service("redshift")
