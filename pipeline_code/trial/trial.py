"""Runs the steps of a definition one after another in this process."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from execution_reader.expressions import label
from execution_reader.gates import SIGNS
from local_cloud.sagemaker.exceptions import ExpressionError, JobFailed
from local_cloud.sagemaker.pipelines.conditions import all_hold
from local_cloud.sagemaker.pipelines.definition_model import Plan, Step
from local_cloud.sagemaker.pipelines.expressions import evaluate
from pipeline_code.runtime.databases import variables
from pipeline_code.runtime.job import failure_reason
from pipeline_code.trial import TrialError
from pipeline_code.trial.extraction import extract, unload_dataset
from pipeline_code.trial.sample_warehouse import SampleWarehouse
from pipeline_code.trial.script_job import ProcessingScript, ScriptJob, TrainingScript
from pipeline_code.trial.trial_scope import TrialScope

_JOBS: Mapping[str, tuple[type[ScriptJob], str]] = {
    "Processing": (ProcessingScript, "AppSpecification"),
    "Training": (TrainingScript, "AlgorithmSpecification"),
}


class ScriptFailed(Exception):
    """A script raised the error that is the cause. The text is what the job would report."""


class _StepNotRun(Exception):
    """A step needs AWS or the laptop cloud, or the result of such a step."""


@dataclass
class Trial:
    """A trial of a pipeline.

    `package` is the Python package of the pipeline, `code_file` the name of its archive in the
    requests, `folder` gets one folder per job, in place of /opt/ml.
    """

    plan: Plan
    scope: TrialScope
    package: str
    code_file: str
    warehouse: SampleWarehouse
    folder: Path
    report: Callable[[str], None]
    outcomes: dict[str, bool] = field(default_factory=dict)
    not_run: dict[str, str] = field(default_factory=dict)

    def run(self) -> None:
        """Run the steps.

        Raises:
            ScriptFailed: a script raised an error.
            TrialError: a query failed, an input is empty, or a Fail step ended the run.
        """
        pending = dict(self.plan.steps)
        while ready := [step for step in pending.values() if not step.dependencies & set(pending)]:
            for step in ready:
                del pending[step.name]
                if self._is_chosen(step):
                    self._try(step)

    def _is_chosen(self, step: Step) -> bool:
        """Whether the gate before the step leads to it."""
        branch = step.branch
        if branch is None or branch.condition in self.not_run:
            return True
        return self.outcomes.get(branch.condition) is branch.outcome

    def _try(self, step: Step) -> None:
        try:
            self._refuse_missing(step)
            self._run(step)
        except (_StepNotRun, ExpressionError) as error:
            self.not_run[step.name] = str(error)

    def _refuse_missing(self, step: Step) -> None:
        missing = sorted(step.dependencies & set(self.not_run))
        if missing:
            raise _StepNotRun(f"needs {', '.join(missing)}")

    def _run(self, step: Step) -> None:
        if step.type == "Condition":
            self._decide(step)
        elif step.type == "Fail":
            message = evaluate(step.arguments["ErrorMessage"], self.scope)
            raise TrialError(f"{step.name}: {message}")
        elif "query" in step.arguments and "s3_uri" in step.arguments:
            self._extract(step, evaluate(step.arguments, self.scope))
        elif step.type in _JOBS:
            self._run_script(step, evaluate(step.arguments, self.scope))
        else:
            raise _StepNotRun(f"a {step.type} step runs on AWS or the laptop cloud")

    def _decide(self, step: Step) -> None:
        conditions = step.arguments["Conditions"]
        self.outcomes[step.name] = all_hold(conditions, lambda each: evaluate(each, self.scope))
        self.scope.properties[step.name] = {}
        answer = "yes" if self.outcomes[step.name] else "no"
        shown = " and ".join(self._shown(condition) for condition in conditions)
        self.report(f"{step.name}: {shown}: {answer}")

    def _shown(self, condition: Mapping[str, Any]) -> str:
        if condition["Type"] not in SIGNS or "LeftValue" not in condition:
            return str(condition["Type"])
        left, right = condition["LeftValue"], condition["RightValue"]
        value = evaluate(left, self.scope)
        number = f"{value:.6g}" if isinstance(value, float) else str(value)
        sign = SIGNS[condition["Type"]]
        return f"{label(left)} {number} {sign} {evaluate(right, self.scope)}"

    def _extract(self, step: Step, arguments: Mapping[str, Any]) -> None:
        outputs = extract(self.warehouse, arguments)
        self.scope.properties[step.name] = {"OutputParameters": outputs}
        self.report(f"{step.name}: {int(outputs['rows']):,} rows")

    def _run_script(self, step: Step, request: Mapping[str, Any]) -> None:
        kind, application = _JOBS[step.type]
        script = self._script(request[application])
        database = request.get("Environment", {}).get(variables.NAME)
        if database is not None:
            raise _StepNotRun(f"a trial has no rows of the database {database}")
        job = kind(self.folder / step.name, self._with_rows(request), self.package, script)
        self.report(f"{step.name}: {script}.py")
        started = time.monotonic()
        try:
            job.run()
        except JobFailed as error:
            raise TrialError(f"{step.name}: {error}") from error
        except Exception as error:
            raise ScriptFailed(f"{step.name}: {failure_reason(error)}") from error
        self.scope.properties[step.name] = job.properties
        self.report(f"{step.name}: {time.monotonic() - started:.1f} s")

    def _script(self, application: Mapping[str, Any]) -> str:
        """Return the module of a script of the pipeline's folder."""
        match application.get("ContainerEntrypoint"):
            case ["python3", str(archive), str(script)] if archive.endswith(f"/{self.code_file}"):
                return script
        raise _StepNotRun("runs the program of its image")

    def _with_rows(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the request with S3 inputs in place of queries."""
        inputs = [self._s3_input(each) for each in request.get("ProcessingInputs", ())]
        return {**request, "ProcessingInputs": inputs}

    def _s3_input(self, given: Mapping[str, Any]) -> Mapping[str, Any]:
        definition = given.get("DatasetDefinition")
        if definition is None:
            return given
        if "RedshiftDatasetDefinition" not in definition:
            raise _StepNotRun(f"the input {given['InputName']} is a query of Athena")
        query = definition["RedshiftDatasetDefinition"]
        rows = unload_dataset(self.warehouse, query)
        self.report(f"{given['InputName']}: {rows:,} rows")
        source = {
            "S3Uri": query["OutputS3Uri"],
            "S3DataType": "S3Prefix",
            "LocalPath": definition["LocalPath"],
        }
        return {"InputName": given["InputName"], "S3Input": source}
