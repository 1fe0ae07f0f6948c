"""A step that carries the plain boto3 request of the job that it stands for."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sagemaker.core.workflow.properties import Properties, PropertyFile
from sagemaker.mlops.workflow.retry import RetryPolicy
from sagemaker.mlops.workflow.steps import CacheConfig, ConfigurableRetryStep, StepTypeEnum

# The shape that a step's properties have: what the service describes of what the step made.
_SHAPES = {
    StepTypeEnum.PROCESSING: "DescribeProcessingJobResponse",
    StepTypeEnum.TRAINING: "DescribeTrainingJobResponse",
    StepTypeEnum.TRANSFORM: "DescribeTransformJobResponse",
    StepTypeEnum.CREATE_MODEL: "DescribeModelOutput",
    StepTypeEnum.REGISTER_MODEL: "DescribeModelPackageOutput",
}


@dataclass(frozen=True)
class Extras:
    """What a step may carry beside its request; `cache` reuses an equal earlier run."""

    retries: Sequence[RetryPolicy] = ()
    cache: CacheConfig | None = None
    property_files: Sequence[PropertyFile] = ()


class RequestStep(ConfigurableRetryStep):  # type: ignore[misc]  # the SDK publishes no types
    """A job step made of `request`, the exact input of CreateProcessingJob and its like.

    The SDK's own job steps call AWS and upload files while a definition compiles.
    """

    def __init__(
        self, name: str, step_type: StepTypeEnum, request: dict[str, Any], extras: Extras
    ) -> None:
        super().__init__(name, step_type, retry_policies=list(extras.retries))
        self._request = request
        self._properties = Properties(step_name=name, step=self, shape_name=_SHAPES[step_type])
        self.cache_config = extras.cache
        self.property_files = list(extras.property_files)

    @property
    def arguments(self) -> dict[str, Any]:
        return self._request

    @property
    def properties(self) -> Any:
        """What later steps may refer to, in the words of the service's Describe call."""
        return self._properties

    def to_request(self) -> dict[str, Any]:
        document: dict[str, Any] = super().to_request()
        if self.cache_config:
            document.update(self.cache_config.config)
        if self.property_files:
            document["PropertyFiles"] = [file.expr for file in self.property_files]
        return document
