"""The SageMaker API actions that this package implements; moto implements the others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.sagemaker.models import sagemaker_backends
from moto.sagemaker.responses import SageMakerResponse

from local_cloud.authorization.caller_arn import caller_arn
from local_cloud.sagemaker.api.pagination import paged
from local_cloud.sagemaker.endpoints.endpoint_actions import EndpointActions
from local_cloud.sagemaker.exceptions import ResourceNotFound
from local_cloud.sagemaker.features.feature_group_actions import FeatureGroupActions
from local_cloud.sagemaker.jobs.automl.automl_actions import AutoMLActions
from local_cloud.sagemaker.jobs.job_kinds import PROCESSING, TRAINING, TRANSFORM
from local_cloud.sagemaker.jobs.tuning.tuning_actions import TuningActions
from local_cloud.sagemaker.lineage.lineage_actions import LineageActions
from local_cloud.sagemaker.pipelines.expressions import as_text
from local_cloud.sagemaker.pipelines.pipeline_actions import PipelineActions
from local_cloud.sagemaker.registry.model_card_actions import ModelCardActions
from local_cloud.sagemaker.studio.studio_actions import StudioActions


class SageMakerResponses(
    AutoMLActions,
    EndpointActions,
    FeatureGroupActions,
    LineageActions,
    ModelCardActions,
    PipelineActions,
    StudioActions,
    TuningActions,
    SageMakerResponse,  # type: ignore[misc]  # moto is untyped
):
    """moto parses requests and writes responses, with the shapes of botocore's model."""

    @property
    def _backend(self) -> Any:
        return sagemaker_backends[self.current_account][self.region]

    @property
    def _request(self) -> Mapping[str, Any]:
        request: Mapping[str, Any] = self.params
        return request

    @property
    def _execution(self) -> Any:
        return self._backend.executions.find(self._request.get("PipelineExecutionArn", ""))

    def create_processing_job(self) -> ActionResult:
        """Perform CreateProcessingJob."""
        job = self._backend.jobs.create_processing(self._request)
        return ActionResult({"ProcessingJobArn": job.arn})

    def describe_processing_job(self) -> ActionResult:
        """Perform DescribeProcessingJob."""
        return ActionResult(self._processing_job().describe())

    def stop_processing_job(self) -> ActionResult:
        """Perform StopProcessingJob."""
        self._processing_job().stop()
        return EmptyResult()

    def list_processing_jobs(self) -> ActionResult:
        """Perform ListProcessingJobs."""
        jobs = self._backend.jobs
        found = jobs.summaries(jobs.processing, PROCESSING, self._request)
        return self._page("ProcessingJobSummaries", found)

    def create_training_job(self) -> ActionResult:
        """Perform CreateTrainingJob."""
        job = self._backend.jobs.create_training(self._request)
        return ActionResult({"TrainingJobArn": job.arn})

    def describe_training_job(self) -> ActionResult:
        """Perform DescribeTrainingJob."""
        return ActionResult(self._training_job().describe())

    def stop_training_job(self) -> ActionResult:
        """Perform StopTrainingJob."""
        self._training_job().stop()
        return EmptyResult()

    def list_training_jobs(self) -> ActionResult:
        """Perform ListTrainingJobs."""
        jobs = self._backend.jobs
        found = jobs.summaries(jobs.training, TRAINING, self._request)
        return self._page("TrainingJobSummaries", found)

    def create_transform_job(self) -> ActionResult:
        """Perform CreateTransformJob."""
        role_arn = self._backend.role_of_model(self._request["ModelName"])
        job = self._backend.jobs.create_transform(self._request, model_role_arn=role_arn)
        return ActionResult({"TransformJobArn": job.arn})

    def describe_transform_job(self) -> ActionResult:
        """Perform DescribeTransformJob."""
        return ActionResult(self._transform_job().describe())

    def stop_transform_job(self) -> ActionResult:
        """Perform StopTransformJob."""
        self._transform_job().stop()
        return EmptyResult()

    def list_transform_jobs(self) -> ActionResult:
        """Perform ListTransformJobs."""
        jobs = self._backend.jobs
        found = jobs.summaries(jobs.transform, TRANSFORM, self._request)
        return self._page("TransformJobSummaries", found)

    def create_model(self) -> ActionResult:
        """Perform CreateModel."""
        arn = self._backend.create_model_from(self._request)
        return ActionResult({"ModelArn": arn})

    def list_models(self) -> ActionResult:
        """Perform ListModels."""
        return self._page("Models", self._backend.model_summaries(self._request))

    def describe_image_version(self) -> ActionResult:
        """Perform DescribeImageVersion. It always fails, because no operation creates an image."""
        name = self._request["ImageName"]
        raise ResourceNotFound(f"No Image with the name {name} exists.")

    def delete_model_package(self) -> ActionResult:
        """Perform DeleteModelPackage."""
        self._backend.delete_model_package(self._request["ModelPackageName"])
        return EmptyResult()

    def delete_model_package_group(self) -> ActionResult:
        """Perform DeleteModelPackageGroup."""
        self._backend.delete_model_package_group(self._request["ModelPackageGroupName"])
        return EmptyResult()

    def start_pipeline_execution(self) -> ActionResult:
        """Perform StartPipelineExecution."""
        pipeline = self._pipelines.find(self._request["PipelineName"])
        caller = caller_arn(self.get_access_key(), self.current_account, self.region)
        execution = self._backend.executions.start(pipeline, self._request, caller=caller)
        return ActionResult({"PipelineExecutionArn": execution.arn})

    def retry_pipeline_execution(self) -> ActionResult:
        """Perform RetryPipelineExecution."""
        execution = self._backend.executions.retry(self._request)
        return ActionResult({"PipelineExecutionArn": execution.arn})

    def stop_pipeline_execution(self) -> ActionResult:
        """Perform StopPipelineExecution."""
        execution = self._backend.executions.stop(self._request["PipelineExecutionArn"])
        return ActionResult({"PipelineExecutionArn": execution.arn})

    def send_pipeline_execution_step_success(self) -> ActionResult:
        """Perform SendPipelineExecutionStepSuccess."""
        given = self._request.get("OutputParameters") or []
        outputs = {output["Name"]: output["Value"] for output in given}
        arn = self._backend.executions.callbacks.succeed(self._request["CallbackToken"], outputs)
        return ActionResult({"PipelineExecutionArn": arn})

    def send_pipeline_execution_step_failure(self) -> ActionResult:
        """Perform SendPipelineExecutionStepFailure."""
        reason = self._request.get("FailureReason") or ""
        arn = self._backend.executions.callbacks.fail(self._request["CallbackToken"], reason)
        return ActionResult({"PipelineExecutionArn": arn})

    def update_pipeline_execution(self) -> ActionResult:
        """Perform UpdatePipelineExecution."""
        execution = self._backend.executions.update(self._request)
        return ActionResult({"PipelineExecutionArn": execution.arn})

    def describe_pipeline_execution(self) -> ActionResult:
        """Perform DescribePipelineExecution."""
        return ActionResult(self._execution.describe())

    def describe_pipeline_definition_for_execution(self) -> ActionResult:
        """Perform DescribePipelineDefinitionForExecution."""
        settings = self._execution.settings
        return ActionResult(
            {"PipelineDefinition": settings.definition, "CreationTime": self._execution.created}
        )

    def list_pipeline_executions(self) -> ActionResult:
        """Perform ListPipelineExecutions."""
        pipeline = self._pipelines.find(self._request["PipelineName"])
        found = self._backend.executions.summaries(pipeline, self._request)
        return self._page("PipelineExecutionSummaries", found)

    def list_pipeline_execution_steps(self) -> ActionResult:
        """Perform ListPipelineExecutionSteps. By default, the newest step is first."""
        execution = self._execution
        with execution.lock:
            steps = [run.describe() for run in execution.steps.values()]
        is_ascending = self._request.get("SortOrder") == "Ascending"
        steps.sort(key=lambda step: step["StartTime"], reverse=not is_ascending)
        return self._page("PipelineExecutionSteps", steps)

    def list_pipeline_parameters_for_execution(self) -> ActionResult:
        """Perform ListPipelineParametersForExecution: all parameters with their values."""
        values = self._execution.settings.parameters
        shown = [{"Name": name, "Value": as_text(value)} for name, value in values.items()]
        return self._page("PipelineParameters", shown)

    def _page(self, result: str, entries: list[dict[str, Any]]) -> ActionResult:
        return ActionResult(paged(entries, self._request, result=result))

    def _processing_job(self) -> Any:
        jobs = self._backend.jobs
        name = self._request["ProcessingJobName"]
        return jobs.find(jobs.processing, PROCESSING, name)

    def _training_job(self) -> Any:
        jobs = self._backend.jobs
        name = self._request["TrainingJobName"]
        return jobs.find(jobs.training, TRAINING, name)

    def _transform_job(self) -> Any:
        jobs = self._backend.jobs
        return jobs.find(jobs.transform, TRANSFORM, self._request["TransformJobName"])
