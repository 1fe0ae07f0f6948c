"""Starts, stops, retries and describes executions."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Callable, Mapping
from typing import Any

from local_cloud.context import Cloud
from local_cloud.sagemaker.api.pagination import in_window, ordered
from local_cloud.sagemaker.api.request_shapes import check_request
from local_cloud.sagemaker.exceptions import (
    ResourceNotFound,
    UnsupportedDefinition,
    ValidationFailed,
)
from local_cloud.sagemaker.pipelines import pipeline_parameters
from local_cloud.sagemaker.pipelines.callback_tokens import Callbacks
from local_cloud.sagemaker.pipelines.definition_model import Plan
from local_cloud.sagemaker.pipelines.execution_record import (
    Execution,
    ExecutionSettings,
    StepRecord,
)
from local_cloud.sagemaker.pipelines.execution_runner import ExecutionRunner
from local_cloud.sagemaker.pipelines.pipeline_versions import Pipeline
from local_cloud.sagemaker.pipelines.plan import check_with_parameters, make_plan
from local_cloud.sagemaker.pipelines.selective_execution import selection_of, source_dependencies
from local_cloud.sagemaker.pipelines.step_cache import StepCache
from local_cloud.sagemaker.role_checks import check_role
from local_cloud.sagemaker.status_events import StatusPublisher

Request = Mapping[str, Any]

_REFUSED = ("MlflowExperimentName",)
_ID_CHARACTERS = 12


class ExecutionService:
    """The executions of one account and region."""

    def __init__(
        self, cloud: Cloud, publisher: StatusPublisher, wait_for_job: Callable[[str], None]
    ) -> None:
        self._cloud = cloud
        self._publisher = publisher
        self._wait_for_job = wait_for_job
        self._executions: dict[str, Execution] = {}
        self._runners: dict[str, ExecutionRunner] = {}
        self._caches: dict[str, StepCache] = {}
        self._lock = threading.RLock()
        self.callbacks = Callbacks()

    def start(self, pipeline: Pipeline, request: Request, *, caller: str) -> Execution:
        """Perform StartPipelineExecution for a caller, the ARN of a user or of a role's session.

        Raises `ValidationFailed` before any step runs.
        """
        check_request("StartPipelineExecutionRequest", request)
        with self._lock:
            earlier = self._by_token(pipeline.arn, request.get("ClientRequestToken"))
            if earlier is not None:
                return earlier
            execution = self._make(pipeline, request, caller)
            self._executions[execution.arn] = execution
            pipeline.last_execution_time = execution.created
            pipeline.version(request).last_execution_arn = execution.arn
            self._run(execution)
        return execution

    def retry(self, request: Request) -> Execution:
        """Perform RetryPipelineExecution: run failed and stopped steps again."""
        execution = self.find(request["PipelineExecutionArn"])
        with execution.lock:
            if execution.status not in ("Failed", "Stopped"):
                raise ValidationFailed(
                    f"Only pipeline executions with 'Failed' or 'Stopped' status can be retried; "
                    f"{execution.arn} is {execution.status}."
                )
            execution.discard_unsuccessful()
            parallel = request.get("ParallelismConfiguration") or {}
            execution.max_parallel_steps = parallel.get(
                "MaxParallelExecutionSteps", execution.max_parallel_steps
            )
            execution.move_to("Executing")
            self._run(execution)
        return execution

    def stop(self, arn: str) -> Execution:
        """Perform StopPipelineExecution."""
        execution = self.find(arn)
        with execution.lock:
            if execution.status != "Executing":
                raise ValidationFailed(
                    "Only pipelines with 'Executing' status can be stopped; "
                    f"{arn} is {execution.status}."
                )
            self._runners[arn].stop()
        return execution

    def update(self, request: Request) -> Execution:
        """Perform UpdatePipelineExecution: change the display name, description and parallelism."""
        execution = self.find(request["PipelineExecutionArn"])
        with execution.lock:
            execution.display_name = request.get(
                "PipelineExecutionDisplayName", execution.display_name
            )
            execution.description = request.get(
                "PipelineExecutionDescription", execution.description
            )
            parallel = request.get("ParallelismConfiguration") or {}
            execution.max_parallel_steps = parallel.get(
                "MaxParallelExecutionSteps", execution.max_parallel_steps
            )
        return execution

    def find(self, arn: str) -> Execution:
        """Return the execution with an ARN. Raises `ResourceNotFound`."""
        execution = self._executions.get(arn)
        if execution is None:
            raise ResourceNotFound(f"Pipeline execution {arn!r} does not exist.")
        return execution

    def summaries(self, pipeline: Pipeline, request: Request) -> list[dict[str, Any]]:
        """Perform ListPipelineExecutions, before pagination."""
        window = ("CreatedAfter", "CreatedBefore")
        found = self._of(pipeline.arn)
        if request.get("PipelineVersionAlias"):
            version = pipeline.version(request)
            found = [run for run in found if run.settings.pipeline_version is version]
        shown = [execution.summary() for execution in found]
        wanted = [entry for entry in shown if in_window(entry, request, "StartTime", window)]
        by = {"PipelineExecutionArn": "PipelineExecutionArn"}
        return ordered(wanted, request, by=by, time="StartTime")

    def is_running(self, pipeline_arn: str) -> bool:
        """Return whether an execution of the pipeline has not ended."""
        return any(not execution.finished.is_set() for execution in self._of(pipeline_arn))

    def forget(self, pipeline_arn: str) -> None:
        """Delete the executions and cached steps of a deleted pipeline."""
        with self._lock:
            for execution in self._of(pipeline_arn):
                del self._executions[execution.arn]
            self._caches.pop(pipeline_arn, None)

    def resume(self) -> list[str]:
        """End the executions that an earlier server did not finish. Return them, one line each."""
        every = list(self._executions.values())
        interrupted = [execution for execution in every if execution.interrupt()]
        for execution in interrupted:
            self._publisher.execution_changed(execution)
        return [
            f"the execution {one.settings.execution_id} of {one.settings.pipeline_name}: "
            f"it is {one.status}"
            for one in interrupted
        ]

    def close(self) -> None:
        """Stop all executions and wait until the last has ended."""
        for execution in list(self._executions.values()):
            with execution.lock:
                if execution.status == "Executing":
                    self._runners[execution.arn].stop()
        self.callbacks.close()
        for execution in list(self._executions.values()):
            execution.finished.wait()

    def __getstate__(self) -> dict[str, Any]:
        """Return the attributes that are saved."""
        return {**vars(self), "_runners": {}, "callbacks": Callbacks()}

    def _of(self, pipeline_arn: str) -> list[Execution]:
        every = list(self._executions.values())
        return [execution for execution in every if execution.settings.pipeline_arn == pipeline_arn]

    def _by_token(self, pipeline_arn: str, token: str | None) -> Execution | None:
        same = (run for run in self._of(pipeline_arn) if run.settings.client_request_token == token)
        return next(same, None) if token else None

    def _make(self, pipeline: Pipeline, request: Request, caller: str) -> Execution:
        refused = [member for member in _REFUSED if request.get(member)]
        if refused:
            raise ValidationFailed(f"{', '.join(refused)} is not supported here; leave it out.")
        version = pipeline.version(request)
        plan = plan_of(version.definition)
        values = pipeline_parameters.resolve(
            plan.parameters, request.get("PipelineParameters") or []
        )
        _check_values(plan, values)
        execution_id = "".join(
            random.choices(string.ascii_lowercase + string.digits, k=_ID_CHARACTERS)
        )
        parallel = request.get("ParallelismConfiguration") or pipeline.parallelism_configuration
        if request.get("RoleArn"):
            raise ValidationFailed(
                "RoleArn is allowed only for pipelines that Amazon Web Services manages: an "
                "execution of this pipeline has the role of the pipeline. Leave RoleArn out."
            )
        check_role(pipeline.role_arn, source_arn=pipeline.arn)
        settings = ExecutionSettings(
            arn=f"{pipeline.arn}/execution/{execution_id}",
            pipeline_arn=pipeline.arn,
            pipeline_name=pipeline.pipeline_name,
            role_arn=pipeline.role_arn,
            definition=version.definition,
            pipeline_version=version,
            parameters=values,
            display_name=request.get("PipelineExecutionDisplayName"),
            description=request.get("PipelineExecutionDescription"),
            max_parallel_steps=(parallel or {}).get("MaxParallelExecutionSteps"),
            client_request_token=request.get("ClientRequestToken"),
            selection=selection_of(plan, request),
            created_by=caller,
        )
        execution = Execution(settings, plan)
        execution.steps |= self._reused(execution)
        return execution

    def _reused(self, execution: Execution) -> dict[str, StepRecord]:
        """Return the steps on which a selection depends, from its source execution."""
        selection = execution.settings.selection
        dependencies = (
            source_dependencies(execution.plan, set(selection.steps)) if selection else set()
        )
        if not selection or not dependencies:
            return {}
        source = self.find(selection.source_arn or "")
        if source.settings.pipeline_arn != execution.settings.pipeline_arn:
            raise ValidationFailed(f"{source.arn} is not an execution of the same pipeline.")
        found = {name: source.steps[name] for name in dependencies if name in source.steps}
        missing = sorted(name for name in dependencies if _status(found, name) != "Succeeded")
        if missing:
            raise ValidationFailed(
                f"The selected steps depend on {missing}, which did not succeed in {source.arn}: "
                "select them as well, or use another source execution."
            )
        return {name: run.reused(source.arn) for name, run in found.items()}

    def _run(self, execution: Execution) -> None:
        cache = self._caches.setdefault(execution.settings.pipeline_arn, StepCache())
        run = ExecutionRunner(
            self._cloud, execution, cache, self._publisher, self._wait_for_job, self.callbacks
        )
        self._runners[execution.arn] = run
        run.start()


def _status(runs: Mapping[str, StepRecord], name: str) -> str | None:
    return runs[name].status if name in runs else None


def plan_of(definition: str) -> Plan:
    """Return the plan of a definition. Raises the ValidationException for an unsupported one."""
    try:
        return make_plan(definition)
    except UnsupportedDefinition as error:
        raise ValidationFailed(str(error)) from error


def _check_values(plan: Plan, values: Mapping[str, Any]) -> None:
    """Raise an error for parameter values with which the plan is invalid."""
    try:
        check_with_parameters(plan, values)
    except UnsupportedDefinition as error:
        raise ValidationFailed(" ".join(error.findings)) from error
