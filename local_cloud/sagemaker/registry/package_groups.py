"""Model package groups: moto's, with the checks of the service."""

from __future__ import annotations

from typing import Any

from local_cloud.moto_lock import MOTO
from local_cloud.sagemaker.exceptions import ConflictingState, ValidationFailed


class PackageGroups:
    """The group actions of the back end: a mixin that precedes moto's class in the bases."""

    model_package_groups: dict[str, Any]
    model_packages: dict[str, Any]
    _deleted: set[str]  # ARNs of model packages

    def create_model_package_group(self, model_package_group_name: str, **request: Any) -> str:
        """Perform CreateModelPackageGroup. moto would replace a group with the same name."""
        if model_package_group_name in self.model_package_groups:
            arn = self.model_package_groups[model_package_group_name].arn
            raise ValidationFailed(f"Model Package Group already exists: {arn}")
        created: str = super().create_model_package_group(  # type: ignore[misc]  # moto's
            model_package_group_name=model_package_group_name, **request
        )
        return created

    @MOTO.held()
    def delete_model_package_group(self, name: str) -> None:
        """Perform DeleteModelPackageGroup, which moto does not have. The group must be empty."""
        self.describe_model_package_group(name)  # type: ignore[attr-defined]  # moto's
        packages = self.model_packages.values()
        if any(
            package.model_package_group_name == name and package.arn not in self._deleted
            for package in packages
        ):
            raise ConflictingState(
                f"the model package group {name} still has model packages: delete them first"
            )
        del self.model_package_groups[name]
