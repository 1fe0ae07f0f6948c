"""Models that a pipeline hosts or registers: trained and registered models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from pipeline_code.compiler.manifest import MODELS_OF, Access, Place
from pipeline_code.workflow.step_kind import OfStep
from pipeline_code.workflow.variables import Environment, Uri, Value

# The output of the steps that write models. The lake accepts it in `kept` from the roles of these
# steps only (stacks/lake/model_objects.py).
MODEL = "model"


class Model(Protocol):
    """The source of a SageMaker model."""

    @property
    def container(self) -> dict[str, Any]:
        """PrimaryContainer of CreateModel."""


class TrainedModel(Uri):
    """The model.tar.gz that a training step wrote, and the image that serves it.

    With `code`, the application `app` in code/inference.py of the model serves it. Without `code`,
    the built-in algorithm of the image serves it. The application starts without pip, because pip
    would need a network (docs/decisions/0022-models-start-without-pip.md).
    """

    def __init__(self, uri: Uri, *, image: Environment, code: bool) -> None:
        super().__init__(uri.variable, uri.access)
        self.image, self._code = image, code

    @property
    def container(self) -> dict[str, Any]:
        """The image, the model, and the variables that start the model's code."""
        container: dict[str, Any] = {"Image": self.image, "ModelDataUrl": self}
        if self._code:
            container["Environment"] = {
                "SAGEMAKER_SERVING_MODULE": "inference:app",
                "PYTHONPATH": "/opt/ml/model/code",
            }
        return container


@dataclass(frozen=True, kw_only=True)
class RegisteredModel(OfStep):
    """A version of the model package group, with its image, model and environment variables.

    `step` is the step that returns the `arn` of the version.
    """

    step: Any
    arn: Any

    @property
    def container(self) -> dict[str, Any]:
        """The container: only the ARN of the version, which contains image, model and variables."""
        access = Access(reads=(Place.of_models(),), images=(MODELS_OF,))
        return {"ModelPackageName": Value(self.arn, access)}
