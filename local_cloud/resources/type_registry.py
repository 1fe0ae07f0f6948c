"""The resource types that the laptop cloud supports, and the types that it only records."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache

from local_cloud import resources
from local_cloud.errors import LocalCloudError
from local_cloud.resources.base import ServiceResource

# These types are only recorded, because they have no behaviour.
INERT: Mapping[str, str] = {
    "AWS::CDK::Metadata": "lists the constructs in use, for the statistics of AWS",
    "AWS::CloudFormation::WaitConditionHandle": "a placeholder for a stack without resources",
}
CUSTOM = "Custom::"


class UnsupportedTypes(LocalCloudError):
    """A template has resources of types that the laptop cloud does not support."""


class Inert(ServiceResource):
    """A resource without behaviour. Its physical id is its logical id."""

    TYPE = "inert"
    PROPERTIES = frozenset()

    @classmethod
    def check(cls, properties: dict[str, object]) -> None:
        """Accept all properties, because they are not used."""

    @classmethod
    def must_be_replaced(cls, before: object, after: object) -> bool:
        """Return False: a change never replaces the resource."""
        return False

    def create(self) -> None:
        """Do nothing."""
        self.physical_resource_id = self.logical_resource_id

    def update(self, before: ServiceResource) -> None:
        """Do nothing."""

    def remove(self) -> None:
        """Do nothing."""


@lru_cache(maxsize=1)
def types() -> Mapping[str, type[ServiceResource]]:
    """Return the supported types. `Custom::` represents all custom resources."""
    for module in pkgutil.iter_modules(resources.__path__, f"{resources.__name__}."):
        importlib.import_module(module.name)
    return {kind.TYPE: kind for kind in _concrete(ServiceResource) if kind is not Inert}


def resource_class(kind: str) -> type[ServiceResource]:
    """Return the class of a supported type."""
    if kind in INERT:
        return Inert
    return types()[CUSTOM if kind.startswith(CUSTOM) else kind]


def check_types(wanted: Mapping[str, str], *, where: str) -> None:
    """Raise `UnsupportedTypes` with all resources (logical id → type) of unsupported types."""
    refused = {logical: kind for logical, kind in wanted.items() if not _is_supported(kind)}
    if refused:
        named = ", ".join(f"{logical} ({kind})" for logical, kind in sorted(refused.items()))
        raise UnsupportedTypes(
            f"{where}: the laptop cloud does not support {named}. "
            "Add the type to local_cloud/resources, or remove the resource from the template."
        )


def _is_supported(kind: str) -> bool:
    return kind in INERT or kind.startswith(CUSTOM) or kind in types()


def _concrete(kind: type[ServiceResource]) -> list[type[ServiceResource]]:
    """Return the subclasses that define TYPE."""
    found = [kind] if "TYPE" in vars(kind) else []
    return found + [inner for child in kind.__subclasses__() for inner in _concrete(child)]
