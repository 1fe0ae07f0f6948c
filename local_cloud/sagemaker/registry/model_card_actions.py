"""The actions on model packages, with the model cards that moto does not keep."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult

from local_cloud.sagemaker.registry.model_cards import check_card, merged_card, metadata_only


class ModelCardActions:
    """A mixin that precedes moto's class in the bases. A package has its card as an attribute."""

    _backend: Any
    _request: Any

    def create_model_package(self) -> ActionResult:
        """Perform CreateModelPackage."""
        card = self._request.get("ModelCard")
        if card is not None:
            check_card(card)
        created: ActionResult = super().create_model_package()  # type: ignore[misc]  # moto's
        if card is not None:
            arn = created.result["ModelPackageArn"]
            self._backend.describe_model_package(arn).model_card = dict(card)
        return created

    def describe_model_package(self) -> ActionResult:
        """Perform DescribeModelPackage."""
        found: ActionResult = super().describe_model_package()  # type: ignore[misc]  # moto's
        package = self._backend.describe_model_package(self._request["ModelPackageName"])
        card = getattr(package, "model_card", None)
        if card is None:
            return found
        shown = metadata_only(card) if self._request.get("IncludedData") == "MetadataOnly" else card
        return ActionResult({**found.result, "ModelCard": shown})

    def update_model_package(self) -> ActionResult:
        """Perform UpdateModelPackage."""
        package = self._backend.describe_model_package(self._request["ModelPackageArn"])
        change = self._request.get("ModelCard")
        before = getattr(package, "model_card", None)
        card = before if change is None else merged_card(before, change)
        updated: ActionResult = super().update_model_package()  # type: ignore[misc]  # moto's
        if card is not None:
            package.model_card = card
        return updated
