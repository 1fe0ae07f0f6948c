"""Which resource types the laptop cloud can make, and which it records without any behaviour."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache

from local_cloud import resources
from local_cloud.errors import LocalCloudError
from local_cloud.resources.base import ServiceResource

# Recorded and nothing else: there is no behaviour to imitate.
INERT: Mapping[str, str] = {
    "AWS::CDK::Metadata": "names the constructs in use, for AWS's own statistics",
    "AWS::CloudFormation::WaitConditionHandle": "a placeholder that gives a stack a resource",
}
CUSTOM = "Custom::"


class UnsupportedTypes(LocalCloudError):
    """A template has resources of types that nobody wrote for the laptop cloud."""


class Inert(ServiceResource):
    """A resource without behaviour; its id is its logical one."""

    TYPE = "inert"
    PROPERTIES = frozenset()

    @classmethod
    def check(cls, properties: dict[str, object]) -> None:
        """Anything goes: nothing is done with it."""

    @classmethod
    def must_be_replaced(cls, before: object, after: object) -> bool:
        """Never."""
        return False

    def create(self) -> None:
        """Only recorded."""
        self.physical_resource_id = self.logical_resource_id

    def update(self, before: ServiceResource) -> None:
        """Only recorded."""

    def remove(self) -> None:
        """Only recorded."""


@lru_cache(maxsize=1)
def types() -> Mapping[str, type[ServiceResource]]:
    """Every type that can be made; `Custom::` stands for all custom resources."""
    for module in pkgutil.iter_modules(resources.__path__, f"{resources.__name__}."):
        importlib.import_module(module.name)
    return {kind.TYPE: kind for kind in _concrete(ServiceResource) if kind is not Inert}


def resource_class(kind: str) -> type[ServiceResource]:
    """The class of a supported type."""
    if kind in INERT:
        return Inert
    return types()[CUSTOM if kind.startswith(CUSTOM) else kind]


def check_types(wanted: Mapping[str, str], *, where: str) -> None:
    """Raise `UnsupportedTypes` naming every resource (logical id → type) that cannot be made."""
    refused = {logical: kind for logical, kind in wanted.items() if not _is_supported(kind)}
    if refused:
        named = ", ".join(f"{logical} ({kind})" for logical, kind in sorted(refused.items()))
        raise UnsupportedTypes(
            f"{where}: the laptop cloud cannot make {named}. "
            "Add the type to local_cloud/resources, or take the resource out of the template."
        )


def _is_supported(kind: str) -> bool:
    return kind in INERT or kind.startswith(CUSTOM) or kind in types()


def _concrete(kind: type[ServiceResource]) -> list[type[ServiceResource]]:
    """The subclasses that name a type."""
    found = [kind] if "TYPE" in vars(kind) else []
    return found + [inner for child in kind.__subclasses__() for inner in _concrete(child)]
