"""`Pipeline`, with which a pipeline.py builds its definition."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from sagemaker.core.helper.session_helper import Session
from sagemaker.core.workflow.execution_variables import ExecutionVariables
from sagemaker.mlops.workflow.pipeline import Pipeline as SdkPipeline

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.images import IMAGES, regional_uris
from pipeline_code.compiler.manifest import Manifest
from pipeline_code.compiler.placeholders import environment_names
from pipeline_code.workflow.collector import AnyImage, Collector
from pipeline_code.workflow.environment import MODEL_PACKAGE_GROUP
from pipeline_code.workflow.folder import Folder
from pipeline_code.workflow.steps.automl import automl
from pipeline_code.workflow.steps.callback import callback
from pipeline_code.workflow.steps.condition import gate
from pipeline_code.workflow.steps.data_analysis import analysis
from pipeline_code.workflow.steps.data_contract import data_contract
from pipeline_code.workflow.steps.data_quality import data_baseline, data_check
from pipeline_code.workflow.steps.database import database
from pipeline_code.workflow.steps.emr import emr_step
from pipeline_code.workflow.steps.emr_serverless import emr_serverless_step
from pipeline_code.workflow.steps.evaluation import evaluation
from pipeline_code.workflow.steps.extraction import extract
from pipeline_code.workflow.steps.fail import fail
from pipeline_code.workflow.steps.ingest import ingest
from pipeline_code.workflow.steps.lambda_function import invoke
from pipeline_code.workflow.steps.latest_model import latest_model
from pipeline_code.workflow.steps.load_predictions import load_predictions
from pipeline_code.workflow.steps.model import create_model
from pipeline_code.workflow.steps.model_analysis import model_analysis
from pipeline_code.workflow.steps.monitor import monitor
from pipeline_code.workflow.steps.new_data import new_data
from pipeline_code.workflow.steps.processing import processing
from pipeline_code.workflow.steps.register_model import register
from pipeline_code.workflow.steps.sdk_step import add
from pipeline_code.workflow.steps.spark import spark_jar, spark_shares, spark_step
from pipeline_code.workflow.steps.training import training
from pipeline_code.workflow.steps.transform import transform
from pipeline_code.workflow.steps.tuning import tuning
from pipeline_code.workflow.variables import Uri


class Pipeline(Collector):
    """The pipeline of the folder that contains `file`, its pipeline.py.

    `image` is the image of its jobs, unless a step sets another image: a name of IMAGES, an image
    of `aws_image`, or an environment value. `tags` are added to the common tags of its jobs and
    models.
    """

    def __init__(
        self,
        file: str,
        *,
        image: AnyImage | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(Folder(Path(file).parent, dict(tags or {})), image)

    # The methods for a pipeline.py. For a kind of step without a method, call its function with the
    # pipeline: `transform(p, "Predict", …)` is the same as `p.transform("Predict", …)`.
    processing = processing
    spark_step = spark_step
    spark_shares = spark_shares
    spark_jar = spark_jar
    emr_step = emr_step
    emr_serverless_step = emr_serverless_step
    training = training
    tuning = tuning
    automl = automl
    create_model = create_model
    register = register
    transform = transform
    gate = gate
    fail = fail
    invoke = invoke
    callback = callback
    ingest = ingest
    new_data = new_data
    extract = extract
    database = database
    data_contract = data_contract
    evaluation = evaluation
    data_baseline = data_baseline
    data_check = data_check
    model_analysis = model_analysis
    analysis = analysis
    latest_model = latest_model
    monitor = monitor
    load_predictions = load_predictions
    add = add

    execution_id = ExecutionVariables.PIPELINE_EXECUTION_ID
    model_package_group = MODEL_PACKAGE_GROUP

    def lake(self, *parts: Any, writable: bool = False) -> Uri:
        """Return the URI of a location in the lake: `p.lake("incoming", p.name, day)`.

        A job with this URI in its request may read below it, and also write if it is `writable`. A
        URI with a parameter must be below `incoming/<this pipeline>/`.
        """
        return self.folder.lake_uri(*parts, writable=writable)

    @cached_property
    def body(self) -> dict[str, Any]:
        """The definition as JSON, with placeholders."""
        pipeline = SdkPipeline(
            name=self.name,
            parameters=self.parameters,
            steps=self.steps,
            # No experiment: it would repeat the data of executions, and need further permissions.
            pipeline_experiment_config=None,
            sagemaker_session=offline_session(),
        )
        document = json.loads(pipeline.definition())
        for step in steps_of(document):
            for member, role in self.roles.get(step.name, {}).items():
                _replace(step.arguments, member, role)
        return {key: value for key, value in document.items() if value is not None}

    @property
    def manifest(self) -> Manifest:
        """The declarations of what the definition needs from its environment."""
        names = environment_names(self.body)
        known = {image.value: image for image in IMAGES.values()} | self.images
        images = {name: image for name, image in known.items() if name in names}
        self._check_requirements()
        self._check_dockerfile(
            has_own_image=any(each.endswith("ImageUri") for each in {*names} - {*known})
        )
        return Manifest(
            steps=tuple(self.needs),
            environment=names,
            image_uris={name: regional_uris(image) for name, image in images.items()},
            wheels=self.wheels,
            built_image=self.built_image,
            tags=dict(sorted(self.folder.constant_tags.items())),
        )

    def _check_requirements(self) -> None:
        if self.folder.has_requirements and not (self.wheels or self.built_image):
            raise DefinitionError(
                f"{self.folder.path.name}/requirements.txt is used by no step: allowed is a file "
                "for steps that run a script in the image of the Pipeline; remove the file, or "
                "leave out image=… of such a step"
            )

    def _check_dockerfile(self, *, has_own_image: bool) -> None:
        if self.folder.has_dockerfile and not has_own_image:
            raise DefinitionError(
                f"{self.folder.path.name}/Dockerfile is used by no step: set "
                'image="Dockerfile" of the Pipeline or of a step, and a deployment builds the '
                "image; or build it and push it to ECR yourself, use it as "
                'image=Environment("TrainerImageUri"), and set '
                'images={"TrainerImageUri": "<URI>"} of the pipeline in stacks/environments.py'
            )


def _replace(request: dict[str, Any], member: str, value: Any) -> None:
    """Set a member of a request; `a.b` is the member b of a."""
    *parents, name = member.split(".")
    for parent in parents:
        request = request[parent]
    request[name] = value


@cache
def offline_session() -> Session:
    """Return a session without telemetry, for a process that `go_offline` has configured."""
    config = {
        "SchemaVersion": "1.0",
        "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}},
    }
    return Session(sagemaker_config=config)
