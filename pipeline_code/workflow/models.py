"""Models that a pipeline hosts or registers: those it has trained, and registered ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

from pipeline_code.compiler.manifest import MODELS_OF, Access, Place
from pipeline_code.workflow.step_kind import OfStep
from pipeline_code.workflow.variables import Environment, Uri, Value


class Model(Protocol):
    """Whatever a model of SageMaker can be created from."""

    @property
    def container(self) -> dict[str, Any]:
        """PrimaryContainer of CreateModel."""


class TrainedModel(Uri):
    """The model.tar.gz that a training step wrote, and the image that serves it.

    With `code` it is served by the inference.py in its own `code` folder; without, by the image's
    built-in algorithm.
    """

    def __init__(self, uri: Uri, *, image: Environment, code: bool) -> None:
        super().__init__(uri.variable, uri.access)
        self.image, self._code = image, code

    @property
    def container(self) -> dict[str, Any]:
        """The image, the model, and how to start the model's code."""
        container: dict[str, Any] = {"Image": self.image, "ModelDataUrl": self}
        if self._code:
            container["Environment"] = {
                "SAGEMAKER_PROGRAM": "inference.py",
                "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code",
            }
        return container


@dataclass(frozen=True, kw_only=True)
class RegisteredModel(OfStep):
    """A version of the model package group: its image, model and environment.

    `step` is the step that finds its `arn`.
    """

    step: Any
    arn: Any

    @property
    def container(self) -> dict[str, Any]:
        """The version alone, which holds the rest."""
        access = Access(reads=(Place.of_models(),), images=(MODELS_OF,))
        return {"ModelPackageName": Value(self.arn, access)}
