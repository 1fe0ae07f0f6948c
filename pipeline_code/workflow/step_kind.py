"""Kinds of steps, with the actions and roles that SageMaker needs to run them."""

import importlib
import pkgutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sagemaker.core.workflow.conditions import Condition, ConditionEquals
from sagemaker.core.workflow.properties import Properties, PropertyFile
from sagemaker.mlops.workflow.retry import RetryPolicy
from sagemaker.mlops.workflow.steps import CacheConfig, ConfigurableRetryStep, StepTypeEnum

from pipeline_code.compiler.manifest import NOTHING, Access, JobRole, Needs, Place
from pipeline_code.workflow import steps

# Dependencies of a step: steps, their names, or the SDK's StepDependency.
DependsOn = Sequence[Any] | None


# The output with which a function reports whether it found something, and the value if it did.
STATUS, FOUND = "status", "Found"


class OfStep:
    """A value that can be used as a dependency: on `step`, which creates the value."""

    step: Any

    @property
    def found(self) -> Condition:
        """The condition that the step found something; the step must have the output `status`."""
        return ConditionEquals(left=self.step[STATUS], right=FOUND)


def awaited(depends_on: DependsOn) -> list[Any] | None:
    """Return the dependencies of a step in the format of the SDK."""
    return steps_in(depends_on or ()) or None


def steps_in(given: Iterable[Any]) -> list[Any]:
    """Return the steps of values that belong to one; anything else is returned as it is."""
    return [each.step if isinstance(each, OfStep) else each for each in given]


def _nothing(_arguments: Mapping[str, Any]) -> Access:
    return NOTHING


@dataclass(frozen=True, kw_only=True)
class StepKind:
    """One type of step.

    `execution` are the actions that SageMaker Pipelines uses with the execution role. `job` are the
    actions that every job of the kind uses with the role `role`. `role_field` is the member of the
    request that contains the role, which the execution role passes to the job; `inner_role_field`,
    such as "JobConfig.executionRoleArn", is a member that contains it, too. `creates` is the
    type of resource that SageMaker Pipelines creates, as in ARNs. `described` are the shapes of the
    service's responses whose members later steps may read. `writes_models`: jobs of the kind write
    models, and so may their role in the lake. `chosen(arguments)` is the further access that
    SageMaker Pipelines needs for the arguments of a step.
    """

    type: str
    execution: tuple[str, ...] = ()
    role: JobRole | None = None
    role_field: str = ""
    inner_role_field: str = ""
    job: tuple[str, ...] = ()
    creates: str = ""
    described: tuple[str, ...] = ()
    writes_models: bool = False
    chosen: Callable[[Mapping[str, Any]], Access] = _nothing

    def needs(
        self,
        step: str,
        *,
        role: JobRole | None = None,
        job: Access = NOTHING,
        execution: Access = NOTHING,
        hosting: Access = NOTHING,
        functions: Collection[str] = (),
        queues: Collection[str] = (),
        extracted: Collection[Place] = (),
    ) -> Needs:
        """Return what a step needs: the actions of its kind, and the access in its arguments."""
        passing = ("iam:PassRole",) if self.role_field else ()
        acting = role or self.role
        return Needs(
            step=step,
            execution=Access(actions=(*self.execution, *passing)) | execution,
            creates=self.creates,
            writes_models=self.writes_models,
            role=acting,
            job=Access(actions=self.job) | job if acting else NOTHING,
            hosting=hosting,
            functions=tuple(functions),
            queues=tuple(queues),
            extracted=tuple(extracted),
        )


@cache
def kinds() -> dict[str, StepKind]:
    """Return the kinds by type: the `KIND` of each file of workflow/steps."""
    modules = [
        importlib.import_module(f"{steps.__name__}.{found.name}")
        for found in pkgutil.iter_modules(steps.__path__)
    ]
    found = [module.KIND for module in modules if hasattr(module, "KIND")]
    return {kind.type: kind for kind in found}


class RequestStep(ConfigurableRetryStep):  # type: ignore[misc]  # the SDK publishes no types
    """A job step whose arguments are the plain request, such as that of CreateProcessingJob.

    The job steps of the SDK are not used: they call AWS and upload files during compilation.
    """

    def __init__(
        self,
        kind: StepKind,
        name: str,
        request: dict[str, Any],
        *,
        retries: Sequence[RetryPolicy],
        cache_days: int | None = None,
        depends_on: DependsOn = None,
    ) -> None:
        super().__init__(
            name,
            StepTypeEnum(kind.type),
            retry_policies=list(retries),
            depends_on=awaited(depends_on),
        )
        self._request = request
        self._properties = Properties(step_name=name, step=self, shape_names=list(kind.described))
        self._cache_days = cache_days
        self.property_files: list[PropertyFile] = []

    @property
    def arguments(self) -> dict[str, Any]:
        return self._request

    @property
    def properties(self) -> Any:
        """The members of the Describe response. Later steps may refer to them."""
        return self._properties

    def to_request(self) -> dict[str, Any]:
        document: dict[str, Any] = super().to_request()
        if self._cache_days:
            cache = CacheConfig(enable_caching=True, expire_after=f"P{self._cache_days}D")
            document.update(cache.config)
        if self.property_files:
            document["PropertyFiles"] = [file.expr for file in self.property_files]
        return document
