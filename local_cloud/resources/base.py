"""A CloudFormation type written as calls of the service's own API."""

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
    """A template sets a property that nobody wrote for the laptop cloud."""


class UnknownAttribute(LocalCloudError):
    """GetAtt asks for something that the type does not give."""


@dataclass
class ServiceResource:
    """One resource of a template, made by calling its service as any client would.

    A type names what it understands in `PROPERTIES` (others are refused by name) and what it can
    change in place in `MUTABLE` (a change of any other asks for another resource), and implements
    `create`, `update` and `remove`.
    """

    TYPE: ClassVar[str]
    PROPERTIES: ClassVar[frozenset[str]]
    MUTABLE: ClassVar[frozenset[str]] = frozenset({"Tags"})
    cloud: ClassVar[Cloud]

    # The type in the template; it differs from TYPE for custom resources.
    kind: str
    properties: Properties
    # The name that CloudFormation would make, and where the resource stands.
    name: str
    logical_resource_id: str
    stack_id: str
    region: str
    # What Ref gives; empty until the resource exists.
    physical_resource_id: str = ""
    # What GetAtt gives.
    attributes: dict[str, Any] = field(default_factory=dict)

    def create(self) -> None:
        """Make the resource; sets `physical_resource_id` as soon as it exists, and `attributes`."""
        raise NotImplementedError

    def update(self, before: Self) -> None:
        """Change the resource that `before` describes, in what is mutable."""
        raise NotImplementedError

    def remove(self) -> None:
        """Delete the resource."""
        raise NotImplementedError

    def snapshot(self) -> None:
        """Keep what the resource holds, for a template that asks for it before the deletion."""
        raise UnsupportedProperty(f"{self.kind} takes no snapshot: choose another DeletionPolicy")

    def service(self, name: str) -> Any:
        """A client of the stack's region, as the account's administrator."""
        return administrator_client(replace(self.cloud, region=self.region), name)

    def given(self, *names: str) -> Properties:
        """Those of the named properties that the template sets, as parameters of a call."""
        return {name: self.properties[name] for name in names if name in self.properties}

    def short_name(self, limit: int) -> str:
        """The name that CloudFormation would make, where the service allows only so many letters.

        Its random end stays, what comes before is cut.
        """
        front, _, end = self.name.rpartition("-")
        return f"{front[: limit - len(end) - 1].rstrip('-')}-{end}"

    @property
    def tags(self) -> Tags:
        """The tags, as CloudFormation lists them."""
        tags: Tags = self.properties.get("Tags", [])
        return tags

    @property
    def cf_resource_type(self) -> str:
        """The type, where moto looks for it."""
        return self.kind

    def is_created(self) -> bool:
        """Asked by moto; a resource is made within one call."""
        return bool(self.physical_resource_id)

    def get_cfn_attribute(self, attribute_name: str) -> Any:
        """What GetAtt gives."""
        if attribute_name not in self.attributes:
            raise UnknownAttribute(
                f"{self.kind} {self.logical_resource_id} has no attribute {attribute_name}; "
                f"it has {', '.join(sorted(self.attributes)) or 'none'}"
            )
        return self.attributes[attribute_name]

    @classmethod
    def must_be_replaced(cls, before: Properties, after: Properties) -> bool:
        """Whether the change of properties asks for another resource."""
        names = (set(before) | set(after)) - cls.MUTABLE
        return any(before.get(name) != after.get(name) for name in names)

    @classmethod
    def check(cls, properties: Properties) -> None:
        """Raise `UnsupportedProperty` for what this type does not understand."""
        unknown = sorted(set(properties) - cls.PROPERTIES)
        if unknown:
            raise UnsupportedProperty(
                f"the laptop cloud does not know {', '.join(unknown)} of {cls.TYPE}; it knows "
                f"{', '.join(sorted(cls.PROPERTIES))}. Add it to {cls.__module__}."
            )


@lru_cache(maxsize=64)
def administrator_client(cloud: Cloud, service: str) -> Any:
    """One client per service for work done on behalf of the account: making one is slow."""
    return cloud.client(service)


def removed_keys(before: Tags, after: Tags) -> list[str]:
    """The keys of tags that are no longer there."""
    kept = {tag["Key"] for tag in after}
    return [tag["Key"] for tag in before if tag["Key"] not in kept]


def as_mapping(tags: Tags) -> Mapping[str, str]:
    """Tags as the younger services take them."""
    return {tag["Key"]: tag["Value"] for tag in tags}
