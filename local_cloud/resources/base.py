"""Base class of the CloudFormation types. Each type calls the API of its service."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, ClassVar, Self

from local_cloud.context import Cloud
from local_cloud.errors import LocalCloudError

Properties = dict[str, Any]
Tags = list[dict[str, str]]


class UnsupportedProperty(LocalCloudError):
    """A template sets a property that the laptop cloud does not support."""


class UnknownAttribute(LocalCloudError):
    """GetAtt uses an attribute that the type does not have."""


@dataclass
class ServiceResource:
    """A resource of a template. It is created by calls to its service.

    `PROPERTIES` are the supported properties; all others are rejected. `MUTABLE` are the properties
    that can be updated in place; a change of any other property replaces the resource. A type
    implements `create`, `update` and `remove`.
    """

    TYPE: ClassVar[str]
    PROPERTIES: ClassVar[frozenset[str]]
    MUTABLE: ClassVar[frozenset[str]] = frozenset({"Tags"})
    cloud: ClassVar[Cloud]

    # The type in the template. It differs from TYPE only for custom resources.
    kind: str
    properties: Properties
    # The name that CloudFormation would generate, and the location of the resource.
    name: str
    logical_resource_id: str
    stack_id: str
    region: str
    # The return value of Ref; empty until the resource exists.
    physical_resource_id: str = ""
    # The return values of GetAtt.
    attributes: dict[str, Any] = field(default_factory=dict)

    def create(self) -> None:
        """Create the resource. Set `physical_resource_id` at once, then `attributes`."""
        raise NotImplementedError

    def update(self, before: Self) -> None:
        """Update the mutable properties; `before` is the resource with the previous properties."""
        raise NotImplementedError

    def remove(self) -> None:
        """Delete the resource."""
        raise NotImplementedError

    def snapshot(self) -> None:
        """Create a snapshot before the deletion, for DeletionPolicy Snapshot."""
        raise UnsupportedProperty(
            f"{self.kind} does not support snapshots: use another DeletionPolicy"
        )

    def service(self, name: str) -> Any:
        """Return a client for the stack's region with the administrator's credentials."""
        return administrator_client(replace(self.cloud, region=self.region), name)

    def given(self, *names: str) -> Properties:
        """Return those of the named properties that the template sets, as call parameters."""
        return {name: self.properties[name] for name in names if name in self.properties}

    def short_name(self, limit: int) -> str:
        """Return the generated name, shortened to at most `limit` characters.

        The random end of the name is kept.
        """
        front, _, end = self.name.rpartition("-")
        return f"{front[: limit - len(end) - 1].rstrip('-')}-{end}"

    @property
    def tags(self) -> Tags:
        """The tags in the format of CloudFormation."""
        tags: Tags = self.properties.get("Tags", [])
        return tags

    @property
    def cf_resource_type(self) -> str:
        """Return the type, for moto."""
        return self.kind

    def is_created(self) -> bool:
        """Return True, for moto: a resource is created within one call."""
        return bool(self.physical_resource_id)

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        """Return an attribute for GetAtt."""
        if attribute_name not in self.attributes:
            raise UnknownAttribute(
                f"{self.kind} {self.logical_resource_id} has no attribute {attribute_name}; "
                f"it has {', '.join(sorted(self.attributes)) or 'none'}"
            )
        return self.attributes[attribute_name]

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Return whether the changed properties require a replacement."""
        names = (set(before) | set(after)) - cls.MUTABLE
        return any(before.get(name) != after.get(name) for name in names)

    @classmethod
    def check(cls, properties: Properties) -> None:
        """Raise `UnsupportedProperty` for properties that this type does not support."""
        unknown = sorted(set(properties) - cls.PROPERTIES)
        if unknown:
            raise UnsupportedProperty(
                f"the laptop cloud does not support {', '.join(unknown)} of {cls.TYPE}; supported: "
                f"{', '.join(sorted(cls.PROPERTIES))}. Add it to {cls.__module__}."
            )


@lru_cache(maxsize=64)
def administrator_client(cloud: Cloud, service: str) -> Any:
    """Return a client with the administrator's credentials. It is cached: to create one is slow."""
    return cloud.client(service)


def removed_keys(before: Tags, after: Tags) -> list[str]:
    """Return the keys of removed tags."""
    kept = {tag["Key"] for tag in after}
    return [tag["Key"] for tag in before if tag["Key"] not in kept]


def as_mapping(tags: Tags) -> Mapping[str, str]:
    """Return tags as a mapping, the format of newer services."""
    return {tag["Key"]: tag["Value"] for tag in tags}
