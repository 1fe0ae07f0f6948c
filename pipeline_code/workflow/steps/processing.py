"""Processing steps: run a script, or the command of an image, on files (CreateProcessingJob).

Source of the actions: SageMaker Developer Guide, "IAM Access Management" of Pipelines. SageMaker
tags every resource that a pipeline creates, so AddTags is needed even for a request without tags.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sagemaker.core.workflow.properties import PropertyFile

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.manifest import Area, JobRole
from pipeline_code.workflow.actions import RUN_CONTAINER, WRITE_OUTPUTS
from pipeline_code.workflow.collector import AnyImage, Collector
from pipeline_code.workflow.environment import KMS_KEY, command, role_arn
from pipeline_code.workflow.inputs import INPUT_PATH, Input, input_request
from pipeline_code.workflow.instances import Instances, time_limit, vpc_config
from pipeline_code.workflow.metric import Metric
from pipeline_code.workflow.models import MODEL
from pipeline_code.workflow.retries import job_retries
from pipeline_code.workflow.step_kind import DependsOn, RequestStep, StepKind
from pipeline_code.workflow.variables import Uri, access_of

KIND = StepKind(
    type="Processing",
    execution=(
        "sagemaker:AddTags",
        "sagemaker:CreateProcessingJob",
        "sagemaker:DescribeProcessingJob",
        "sagemaker:StopProcessingJob",
    ),
    role="Processing",
    role_field="RoleArn",
    job=(*RUN_CONTAINER, *WRITE_OUTPUTS),
    creates="processing-job",
    described=("DescribeProcessingJobResponse",),
)
OUTPUT_PATH = "/opt/ml/processing/output"


class ProcessingStep(RequestStep):
    """A processing job. `step["train"]` is its output `train`."""

    outputs: Mapping[str, Uri]

    def __getitem__(self, output: str) -> Output:
        """Return an output for later steps. Raises KeyError for an unknown output."""
        return Output(self, output, self.outputs[output])


class Output(Uri):
    """The S3 URI of an output of a processing step."""

    def __init__(self, step: ProcessingStep, name: str, written: Uri) -> None:
        outputs = step.properties.ProcessingOutputConfig.Outputs
        super().__init__(outputs[name].S3Output.S3Uri, written.access)
        self._step, self._name = step, name

    def metric(self, path: str, *, file: str = "", report: str = "") -> Metric:
        """Return the value at `path` ("a.b.value") of a JSON file of the output (see `report`)."""
        return Metric(self._step.name, self.report(file, name=report), path, self.access)

    def report(self, file: str = "", *, name: str = "") -> PropertyFile:
        """Declare a JSON file of the output as a property file of the step, and return it.

        For the output `evaluation`, the default of `file` is evaluation.json and the default of
        `name` is EvaluationReport. Conditions and messages use values of the file, and commands
        show the file.
        """
        path = file or f"{self._name}.json"
        declared = {each.path: each for each in self._step.property_files}
        if path not in declared:
            name = name or f"{path.removesuffix('.json').title()}Report"
            declared[path] = PropertyFile(name, output_name=self._name, path=path)
            self._step.property_files.append(declared[path])
        return declared[path]


def processing(
    p: Collector,
    name: str,
    script: str | None,
    instances: Instances,
    *,
    inputs: Mapping[str, Input] | None = None,
    outputs: Sequence[str] = (),
    image: AnyImage | None = None,
    kept: bool = False,
    environment: Mapping[str, Any] | None = None,
    network: bool = False,
    cache_days: int | None = None,
    hours: int = 1,
    depends_on: DependsOn = None,
) -> ProcessingStep:
    """Add a step that runs `script` of the folder, or the command of the image, on `inputs`.

    An input `data` is at /opt/ml/processing/input/data. The output `train` consists of the files
    that the script writes to /opt/ml/processing/output/train; they are uploaded to the prefix of
    the run and expire, unless the step has `kept=True`. `environment` (name -> text) are the
    environment variables of the container: `to_string()` converts a parameter to a text. The
    container has no network, because SageMaker downloads and uploads the data; with `network` it
    can call AWS APIs through the environment's subnets. With `cache_days`, the results of a step
    with the same request are reused for that many days.
    """
    started = command(f"{INPUT_PATH}/code", p.folder.script(script)) if script else None
    return processing_job(
        p,
        name,
        started,
        instances,
        inputs={**p.code(script, image), **(inputs or {})},
        outputs=outputs,
        image=image,
        kept=kept,
        environment=environment,
        network=network,
        cache_days=cache_days,
        hours=hours,
        depends_on=depends_on,
    )


def processing_job(
    p: Collector,
    name: str,
    entrypoint: list[Any] | None,
    instances: Instances,
    *,
    inputs: Mapping[str, Input],
    outputs: Sequence[str],
    image: AnyImage | None,
    environment: Mapping[str, Any] | None,
    network: bool,
    cache_days: int | None,
    hours: int,
    depends_on: DependsOn,
    kept: bool = False,
    paths: Mapping[str, str] | None = None,
    role: JobRole = "Processing",
) -> ProcessingStep:
    """Add a processing job with this entry point, or that of its image; see `processing`.

    `paths` are the folders of outputs that are not in /opt/ml/processing/output. `role` is the role
    of the job.
    """
    area: Area = "kept" if kept else "runs"
    if kept and MODEL in outputs:
        raise DefinitionError(
            f"step {name} keeps an output {MODEL!r}: that is where steps that write models write, "
            "and the lake accepts no other writer; name the output otherwise"
        )
    uris = {output: p.folder.run_uri(area, name, output) for output in outputs}
    targets = {output: p.folder.run_target(area, name, output) for output in outputs}
    request: dict[str, Any] = {
        "RoleArn": role_arn(role),
        "AppSpecification": {"ImageUri": p.image(image)},
        "ProcessingInputs": [input_request(p, key, each) for key, each in inputs.items()],
        "ProcessingOutputConfig": {
            "Outputs": [_output(name, uri, paths or {}) for name, uri in targets.items()],
            "KmsKeyId": KMS_KEY,
        },
        "ProcessingResources": {"ClusterConfig": instances.request()},
        "NetworkConfig": {"EnableNetworkIsolation": not network, "VpcConfig": vpc_config()},
        "StoppingCondition": time_limit(hours),
        "Tags": p.folder.tags,
    }
    if entrypoint:
        request["AppSpecification"]["ContainerEntrypoint"] = entrypoint
    if environment:
        request["Environment"] = dict(environment)
    step = ProcessingStep(
        KIND, name, request, retries=job_retries(), cache_days=cache_days, depends_on=depends_on
    )
    step.outputs = uris
    return p.collect(step, KIND.needs(name, role=role, job=access_of(request)))


def _output(output: str, uri: Uri, paths: Mapping[str, str]) -> dict[str, Any]:
    target = {
        "S3Uri": uri,
        "LocalPath": paths.get(output, f"{OUTPUT_PATH}/{output}"),
        "S3UploadMode": "EndOfJob",
    }
    return {"OutputName": output, "AppManaged": False, "S3Output": target}
