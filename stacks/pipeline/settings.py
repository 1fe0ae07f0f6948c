"""A pipeline in an environment, and its schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import NoneType
from typing import Literal

from stacks.common.validation import require, require_match, require_one_of, require_type
from stacks.pipeline.schedule_expression import problem_with
from stacks.serving.settings import Serving

ParameterValue = str | int | float | bool
ApprovalStatus = Literal["PendingManualApproval", "Approved", "Rejected"]

APPROVAL_STATUSES = ("PendingManualApproval", "Approved", "Rejected")
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html
IMAGE_URI = (
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?"
    r"/[a-z0-9]+([._/-][a-z0-9]+)*@sha256:[0-9a-f]{64}"
)


@dataclass(frozen=True, kw_only=True)
class Schedule:
    """The times (UTC) at which EventBridge starts a pipeline, and the parameters of the start."""

    expression: str
    enabled: bool = True
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_type("schedule.expression", self.expression, str, example='"rate(1 day)"')
        problem = problem_with(self.expression)
        require(
            problem is None,
            "schedule.expression",
            self.expression,
            allowed="cron(minute hour day-of-month month day-of-week year) or rate(value unit)",
            remedy=f"{problem}",
        )


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """One pipeline of `pipeline_code/<name>/` in one environment.

    `parameters` replace the defaults of its definition. `options` select the structure of the
    definition (the keyword arguments of its `pipeline()`). With `enabled=False` its stack is not
    deployed. With `models_of` it uses the models that another pipeline registers, and registers
    none itself. With `retrains`, drift that it finds in the inputs of these models starts that
    pipeline. With `serving`, an endpoint serves the models that it registers, once they are
    approved. `images` are the URIs of images in ECR, by the names that the definition uses:
    `Environment("TrainerImageUri")`.
    """

    name: str
    schedule: Schedule
    enabled: bool = True
    models_of: str | None = None
    retrains: bool = False
    approval: ApprovalStatus = "PendingManualApproval"
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    serving: Serving | None = None
    images: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        require_match(
            r"(?=.{2,30}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
            "pipeline.name",
            self.name,
            allowed="2 to 30 lower-case letters, digits and single hyphens, a letter first",
            remedy="name it like its folder in pipeline_code/, with - for _",
        )
        self._check_types()
        for name, uri in self.images.items():
            self._check_image(name, uri)
        require_one_of(APPROVAL_STATUSES, f"{self.name}.approval", self.approval)
        require(
            "ModelApprovalStatus" not in self.parameters,
            f"{self.name}.parameters",
            "ModelApprovalStatus",
            allowed="any parameter but this one",
            remedy=f"set {self.name}.approval instead",
        )
        require(
            self.enabled or not self.schedule.enabled,
            f"{self.name}.schedule.enabled",
            True,
            allowed="False while the pipeline itself is off",
            remedy=f"switch the schedule off too, or set {self.name}.enabled=True",
        )
        require(
            not self.retrains or self.models_of is not None,
            f"{self.name}.retrains",
            True,
            allowed="False without models_of",
            remedy="name in models_of the pipeline that is to train again",
        )
        require(
            self.serving is None or self.models_of is None,
            f"{self.name}.serving",
            self.serving,
            allowed="None where the models are another pipeline's",
            remedy=f"set it at {self.models_of}",
        )

    def _check_types(self) -> None:
        example = 'Schedule(expression="rate(1 day)")'
        require_type(f"{self.name}.schedule", self.schedule, Schedule, example=example)
        optional = (Serving, NoneType)
        require_type(f"{self.name}.serving", self.serving, optional, example="Serving(…) or None")
        for name in ("parameters", "options", "images"):
            example = '{"name": value}, a mapping'
            require_type(f"{self.name}.{name}", getattr(self, name), Mapping, example=example)

    def _check_image(self, name: str, uri: str) -> None:
        require_match(
            r"[A-Z][A-Za-z0-9]*ImageUri",
            f"{self.name}.images",
            name,
            allowed="a name in capitals that ends with ImageUri, such as TrainerImageUri",
            remedy="rename it here and in the definition",
        )
        require_match(
            IMAGE_URI,
            f"{self.name}.images[{name!r}]",
            uri,
            allowed="the URI of an image in ECR with its digest, "
            "<account>.dkr.ecr.<region>.amazonaws.com/<repository>@sha256:<64 digits>",
            remedy="push the image to ECR, and use the digest that `docker push` prints: a tag can "
            "be moved to another image",
        )
