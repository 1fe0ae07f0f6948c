"""Types that only the stack of `cdk bootstrap` uses: SSM parameters."""

from __future__ import annotations

from typing import Self

from local_cloud.resources.base import ServiceResource


class Parameter(ServiceResource):
    """AWS::SSM::Parameter; Ref returns the name. Unlike in other types, tags are a mapping."""

    TYPE = "AWS::SSM::Parameter"
    _GIVEN = ("Description", "Tier", "Type", "Value")
    PROPERTIES = frozenset({"Name", *_GIVEN})
    MUTABLE = frozenset(_GIVEN)

    def create(self) -> None:
        """Call PutParameter."""
        name = self.properties.get("Name", self.name)
        self.service("ssm").put_parameter(Name=name, **self.given(*self._GIVEN))
        self.physical_resource_id = name
        self.attributes = self.given("Type", "Value")

    def update(self, before: Self) -> None:
        """Call PutParameter, which overwrites the value."""
        self.service("ssm").put_parameter(
            Name=self.physical_resource_id, Overwrite=True, **self.given(*self._GIVEN)
        )
        self.attributes = self.given("Type", "Value")

    def remove(self) -> None:
        """Call DeleteParameter."""
        self.service("ssm").delete_parameter(Name=self.physical_resource_id)
