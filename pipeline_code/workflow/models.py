"""Models that a pipeline hosts or registers: trained and registered models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pipeline_code.compiler.manifest import MODELS_OF, Access, Place
from pipeline_code.workflow.step_kind import OfStep
from pipeline_code.workflow.variables import Environment, Uri, Value

# The output of the steps that write models. The lake accepts it in `kept` from the roles of these
# steps only (stacks/lake/model_objects.py).
MODEL = "model"

# What the model's application does with rows outside the training rows
# (pipeline_code/runtime/outside_rows.py).
OutsideTraining = Literal["mark", "column", "reject"]


def application_of(outside: OutsideTraining) -> dict[str, Any]:
    """Return the variables of a container that serves with code/inference.py of its model."""
    return {
        "SAGEMAKER_SERVING_MODULE": "inference:app",
        "PYTHONPATH": "/opt/ml/model/code",
        "PIPELINE": Environment("ModelPackageGroupName"),
        "OUTSIDE_TRAINING": outside,
    }


class Model(Protocol):
    """The source of a SageMaker model."""

    @property
    def container(self) -> dict[str, Any]:
        """PrimaryContainer of CreateModel."""


class TrainedModel(Uri):
    """The model.tar.gz that a training step wrote, and the image that serves it.

    With `outside_training`, the application `app` in code/inference.py of the model serves it, and
    treats rows outside the training rows so. Otherwise the built-in algorithm of the image serves
    it. The application starts without pip, because pip would need a network
    (docs/decisions/0022-models-start-without-pip.md).
    """

    def __init__(
        self, uri: Uri, *, image: Environment, outside_training: OutsideTraining | None
    ) -> None:
        super().__init__(uri.variable, uri.access)
        self.image, self._outside_training = image, outside_training

    @property
    def container(self) -> dict[str, Any]:
        """The image, the model, and the variables that start the model's code."""
        container: dict[str, Any] = {"Image": self.image, "ModelDataUrl": self}
        if self._outside_training:
            container["Environment"] = application_of(self._outside_training)
        return container


@dataclass(frozen=True, kw_only=True)
class RegisteredModel(OfStep):
    """A version of the model package group, with its image, model and environment variables.

    `step` is the step that returns the `arn` of the version. With `outside_training`, the model,
    which must be served by its own application, treats rows outside its training rows so, whatever
    the pipeline that trained it says.
    """

    step: Any
    arn: Any
    outside_training: OutsideTraining | None = None

    @property
    def container(self) -> dict[str, Any]:
        """The ARN of the version, which contains image, model and variables.

        All variables of the application are repeated where one has another value, because no page
        says whether CreateModel merges them with those of the version.
        """
        access = Access(reads=(Place.of_models(),), images=(MODELS_OF,))
        container: dict[str, Any] = {"ModelPackageName": Value(self.arn, access)}
        if self.outside_training:
            container["Environment"] = application_of(self.outside_training)
        return container
