"""AWS::Events: rules with their targets."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.events.rule_targets import check_target
from local_cloud.resources.base import ServiceResource, removed_keys
from local_cloud.schedule_expressions import check_expression


class Rule(ServiceResource):
    """AWS::Events::Rule on the default bus; Ref returns the name, Arn the ARN.

    An invalid schedule or an unsupported target fails the rule.
    """

    TYPE = "AWS::Events::Rule"
    _GIVEN = ("Description", "RoleArn", "ScheduleExpression", "State")
    PROPERTIES = frozenset({"EventPattern", "Name", "Tags", "Targets", *_GIVEN})
    MUTABLE = PROPERTIES - {"Name"}

    def create(self) -> None:
        """Call PutRule and PutTargets."""
        self._check()
        self._put()

    def update(self, before: Self) -> None:
        """Call PutRule, PutTargets, and RemoveTargets for removed targets."""
        self._check()
        kept = {target["Id"] for target in self._targets}
        removed = [target["Id"] for target in before._targets if target["Id"] not in kept]
        if removed:
            self._events.remove_targets(Rule=self.physical_resource_id, Ids=removed)
        self._put()
        keys = removed_keys(before.tags, self.tags)
        if keys:
            self._events.untag_resource(ResourceARN=self.attributes["Arn"], TagKeys=keys)
        if self.tags:
            self._events.tag_resource(ResourceARN=self.attributes["Arn"], Tags=self.tags)

    def remove(self) -> None:
        """Call RemoveTargets and DeleteRule."""
        rule = self.physical_resource_id
        ids = [target["Id"] for target in self._targets]
        if ids:
            self._events.remove_targets(Rule=rule, Ids=ids)
        self._events.delete_rule(Name=rule)

    @property
    def _events(self) -> Any:
        return self.service("events")

    @property
    def _targets(self) -> list[dict[str, Any]]:
        targets: list[dict[str, Any]] = self.properties.get("Targets", [])
        return targets

    def _check(self) -> None:
        if "ScheduleExpression" in self.properties:
            check_expression(self.properties["ScheduleExpression"])
        for target in self._targets:
            check_target(target)

    def _put(self) -> None:
        name = self.properties.get("Name", self.short_name(64))
        pattern = self.properties.get("EventPattern")
        matching = {} if pattern is None else {"EventPattern": json.dumps(pattern)}
        tags = {} if self.physical_resource_id else {"Tags": self.tags}
        arn = self._events.put_rule(Name=name, **matching, **tags, **self.given(*self._GIVEN))
        self.physical_resource_id = name
        self.attributes = {"Arn": arn["RuleArn"]}
        if self._targets:
            answer = self._events.put_targets(Rule=name, Targets=self._targets)
            if answer["FailedEntryCount"]:
                raise RuntimeError(answer["FailedEntries"][0]["ErrorMessage"])
