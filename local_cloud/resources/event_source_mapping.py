"""AWS::Lambda::EventSourceMapping: mappings of queues to functions."""

from __future__ import annotations

from typing import Any, Self

from local_cloud.resources.base import ServiceResource, as_mapping, removed_keys


class EventSourceMapping(ServiceResource):
    """AWS::Lambda::EventSourceMapping of a queue; Ref returns the id of the mapping."""

    TYPE = "AWS::Lambda::EventSourceMapping"
    _CHANGEABLE = ("BatchSize", "Enabled", "FunctionName", "FunctionResponseTypes")
    PROPERTIES = frozenset({"EventSourceArn", "Tags", *_CHANGEABLE})
    MUTABLE = frozenset({"Tags", *_CHANGEABLE})

    def create(self) -> None:
        """Call CreateEventSourceMapping."""
        created = self._lambda.create_event_source_mapping(
            **self.given("EventSourceArn", *self._CHANGEABLE), Tags=as_mapping(self.tags)
        )
        self.physical_resource_id = created["UUID"]
        self.attributes = {
            "Id": created["UUID"],
            "EventSourceMappingArn": created["EventSourceMappingArn"],
        }

    def update(self, before: Self) -> None:
        """Call UpdateEventSourceMapping, with the defaults of removed properties."""
        defaults = {name: _DEFAULTS[name] for name in before.given(*_DEFAULTS)}
        self._lambda.update_event_source_mapping(
            UUID=self.physical_resource_id, **(defaults | self.given(*self._CHANGEABLE))
        )
        arn = self.attributes["EventSourceMappingArn"]
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self._lambda.untag_resource(Resource=arn, TagKeys=removed)
        if self.tags:
            self._lambda.tag_resource(Resource=arn, Tags=as_mapping(self.tags))

    def remove(self) -> None:
        """Call DeleteEventSourceMapping."""
        self._lambda.delete_event_source_mapping(UUID=self.physical_resource_id)

    @property
    def _lambda(self) -> Any:
        return self.service("lambda")


# The defaults of properties that the template no longer sets.
_DEFAULTS: dict[str, Any] = {"BatchSize": 10, "Enabled": True, "FunctionResponseTypes": []}
