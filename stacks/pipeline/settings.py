"""A pipeline in an environment, and its schedule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Literal

from local_cloud.schedule_expressions import (
    is_rate,
    next_time,
    problem_with,
    problem_with_time_zone,
)
from stacks.common.settings_class import settings
from stacks.common.validation import (
    require,
    require_distinct,
    require_match,
    require_one_of,
)
from stacks.serving.settings import Serving

ParameterValue = str | int | float | bool
ApprovalStatus = Literal["PendingManualApproval", "Approved", "Rejected"]

APPROVAL_STATUSES = ("PendingManualApproval", "Approved", "Rejected")
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/docker-pull-ecr-image.html
IMAGE_URI = (
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?"
    r"/[a-z0-9]+([._/-][a-z0-9]+)*@sha256:[0-9a-f]{64}"
)


@settings("schedule.")
class Schedule:
    """When EventBridge starts a pipeline, and with which parameters."""

    expression: str
    """`cron(minute hour day-of-month month day-of-week year)` in UTC or in `time_zone`, or
    `rate(value unit)`.
    """
    name: str = ""
    """Part of the name of its rule, if a pipeline has several schedules: lower-case letters, digits
    and single hyphens. One of them may have none.
    """
    time_zone: str | None = None
    """A zone such as `Europe/Berlin`, whose daylight saving time the schedule follows. It is then
    a schedule of EventBridge Scheduler instead of an EventBridge rule.
    """
    enabled: bool = True
    """Whether the schedule starts the pipeline."""
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Parameters of these starts, by name; they replace the values of `Pipeline.parameters`."""

    def __post_init__(self) -> None:
        problem = problem_with(self.expression)
        require(
            problem is None,
            "schedule.expression",
            self.expression,
            allowed="cron(minute hour day-of-month month day-of-week year) or rate(value unit)",
            remedy=f"{problem}",
        )
        require_match(
            r"|[a-z][a-z0-9]*(-[a-z0-9]+)*",
            "schedule.name",
            self.name,
            allowed="lower-case letters, digits and single hyphens, a letter first",
            remedy="choose such a name",
        )
        self._check_time_zone()
        now = datetime.now(UTC)
        require(
            next_time(self.expression, after=now, anchor=now, time_zone=self.time_zone) is not None,
            "schedule.expression",
            self.expression,
            allowed="an expression that fires in the future",
            remedy="correct the day, the month or the year: it never fires",
        )

    def _check_time_zone(self) -> None:
        if self.time_zone is None:
            return
        problem = problem_with_time_zone(self.time_zone)
        require(
            problem is None,
            "schedule.time_zone",
            self.time_zone,
            allowed="a time zone",
            remedy=f"{problem}",
        )
        require(
            not is_rate(self.expression),
            "schedule.time_zone",
            self.time_zone,
            allowed="nothing with a rate, whose interval is the same in each time zone",
            remedy="leave it out, or write a cron expression",
        )


@settings("promotion.")
class Promotion:
    """How approved models of a pipeline are copied between environments (`redline promote`).

    An environment either provides models that it has trained, or receives those of another one.
    """

    promoter: str
    """The ARN of the IAM role, of any account, that may promote."""
    receives_from: str | None = None
    """The environment whose approved models are copied to this one. None: this environment provides
    its models.
    """

    def __post_init__(self) -> None:
        require_match(
            r"arn:aws[a-z-]*:iam::\d{12}:role/[\w+=,.@/-]+",
            "promotion.promoter",
            self.promoter,
            allowed="the ARN of one role, arn:aws:iam::<account>:role/<name>",
            remedy="name the role of the people or of the build that promote",
        )


@settings("{name}.")
class Pipeline:
    """One pipeline of `pipeline_code/<name>/` in one environment."""

    name: str
    """The name of the folder in `pipeline_code/`, with `-` for `_`: 2 to 30 lower-case letters,
    digits and single hyphens.
    """
    schedule: Schedule | None = None
    """When EventBridge starts the pipeline."""
    schedules: tuple[Schedule, ...] = ()
    """Several schedules instead of `schedule`, with different names."""
    enabled: bool = True
    """Whether its stack is deployed."""
    models_of: str | None = None
    """The pipeline whose approved models this one uses. It then registers none itself."""
    retrains: bool = False
    """Whether drift that it finds in the inputs of these models starts `models_of`."""
    approval: ApprovalStatus = "PendingManualApproval"
    """The status of a new version: `PendingManualApproval` waits for a person, `Approved` is served
    at once, `Rejected` is only recorded.
    """
    parameters: Mapping[str, ParameterValue] = field(default_factory=dict)
    """Defaults that replace those of the definition, by name."""
    options: Mapping[str, str] = field(default_factory=dict)
    """Choices of the structure of the definition: the keyword arguments of its `pipeline()`."""
    serving: Serving | None = None
    """`Serving(…)`: an endpoint for its approved models."""
    promotion: Promotion | None = None
    """`Promotion(…)`: its approved models are copied to another environment, or from one. None:
    each environment trains its own models.
    """
    protected: bool = False
    """Whether a deployment that changes its definition is refused, until
    `make deploy CHANGE=<name>` allows it ([destroy.md](destroy.md#protection)).
    """
    images: Mapping[str, str] = field(default_factory=dict)
    """Images in ECR, with their digests, by the names that the definition uses:
    `Environment("TrainerImageUri")`.
    """
    feature_crawl: str = ""
    """When crawlers of AWS Glue find the partitions of its feature groups that name a table, as a
    cron expression in UTC such as `cron(0 5 * * ? *)`. Empty: there are no crawlers
    ([feature-store.md](feature-store.md#crawlers)).
    """
    emr_cluster: str = ""
    """The ID of the running EMR cluster for its EMR steps, `j-…`."""
    emr_application: str = ""
    """The ID of the EMR Serverless application for its EMR Serverless steps."""
    emr_service_role: str = ""
    """The ARN of the service role of the EMR clusters that its steps create."""
    emr_subnet: str = ""
    """The subnet of the EMR clusters that its steps create, `subnet-…`. It must reach S3 and the
    repositories of EMR.
    """

    def __post_init__(self) -> None:
        require_match(
            r"(?=.{2,30}$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
            "pipeline.name",
            self.name,
            allowed="2 to 30 lower-case letters, digits and single hyphens, a letter first",
            remedy="name it like its folder in pipeline_code/, with - for _",
        )
        self._check_emr()
        self._check_crawl()
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
        self._check_schedules()
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

        self._check_promotion()

    def _check_promotion(self) -> None:
        """Check that models have one origin: training or promotion."""
        require(
            self.promotion is None or self.models_of is None,
            f"{self.name}.promotion",
            self.promotion,
            allowed="None where the models are another pipeline's",
            remedy=f"set it at {self.models_of}",
        )
        require(
            not self.receives_models or not any(each.enabled for each in self.all_schedules),
            f"{self.name}.schedule.enabled",
            True,
            allowed="False where the models are promoted from another environment",
            remedy="switch the schedule off, or remove promotion",
        )

    @property
    def receives_models(self) -> bool:
        """Whether its models are those that another environment has approved."""
        return self.promotion is not None and self.promotion.receives_from is not None

    @property
    def all_schedules(self) -> tuple[Schedule, ...]:
        """The schedules: `schedule`, or those of `schedules`."""
        return self.schedules if self.schedule is None else (self.schedule,)

    def _check_schedules(self) -> None:
        require(
            (self.schedule is None) == bool(self.schedules),
            f"{self.name}.schedules",
            self.schedules,
            allowed="one or more schedules, if schedule is not set",
            remedy="set either schedule or schedules",
        )
        require_distinct(
            f"{self.name}.schedules (names)", tuple(each.name for each in self.schedules)
        )
        require(
            self.enabled or not any(each.enabled for each in self.all_schedules),
            f"{self.name}.schedule.enabled",
            True,
            allowed="False while the pipeline itself is off",
            remedy=f"switch the schedule off too, or set {self.name}.enabled=True",
        )

    def _check_crawl(self) -> None:
        """Check the schedule of crawlers, which is a cron expression.

        https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
        """
        expression = self.feature_crawl
        problem = "it is a rate" if is_rate(expression) else problem_with(expression)
        require(
            not expression or problem is None,
            f"{self.name}.feature_crawl",
            expression,
            allowed=f"a cron expression in UTC, cron(…); {problem}",
            remedy="write it like cron(0 5 * * ? *), or leave it out",
        )

    def _check_emr(self) -> None:
        """Check the IDs and the role of EMR, which are empty for a pipeline without its steps."""
        allowed = {
            "emr_cluster": (
                r"|j-[A-Z0-9]+",
                "the ID of an EMR cluster, j- and capital letters or digits",
            ),
            "emr_application": (
                r"|[0-9a-z]{1,64}",
                "the ID of an application of EMR Serverless, small letters and digits",
            ),
            "emr_service_role": (
                r"|arn:aws[a-z-]*:iam::\d{12}:role/.+",
                "the ARN of a role, arn:aws:iam::<account>:role/<name>",
            ),
            "emr_subnet": (r"|subnet-[0-9a-f]+", "the ID of a subnet, subnet-…"),
        }
        for name, (pattern, form) in allowed.items():
            require_match(
                pattern,
                f"{self.name}.{name}",
                getattr(self, name),
                allowed=form,
                remedy="copy it from the console, or leave it out",
            )

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
