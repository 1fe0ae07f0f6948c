"""The stack of one pipeline: code, roles, definition, registry, schedule, alert."""

from __future__ import annotations

from constructs import Construct

from stacks.alerts.failure_alert import UntoldFailures
from stacks.base import RedlineStack
from stacks.common.stack_policy import keep_unchanged
from stacks.config import Pipeline
from stacks.pipeline.built_image import built_image
from stacks.pipeline.code_archive import code_archive
from stacks.pipeline.deployed_definition import check_parameters
from stacks.pipeline.drift_watch import drift_watch
from stacks.pipeline.environment_values import environment_values, used_queues
from stacks.pipeline.feature_crawlers import feature_crawlers
from stacks.pipeline.feature_store import feature_groups
from stacks.pipeline.file_catalog import file_catalog
from stacks.pipeline.package_group import package_group
from stacks.pipeline.pipeline_context import pipeline_context
from stacks.pipeline.pipeline_extraction import pipeline_extraction
from stacks.pipeline.pipeline_roles import PipelineRoles
from stacks.pipeline.pipeline_schedule import pipeline_schedules
from stacks.pipeline.promotion_role import promotion_role
from stacks.pipeline.run_report import RunReport
from stacks.pipeline.sagemaker_pipeline import empty_models, sagemaker_pipeline
from stacks.platform import Platform


class PipelineStack(RedlineStack):
    """The folder of one pipeline as one environment runs it."""

    def __init__(self, scope: Construct, platform: Platform, settings: Pipeline) -> None:
        super().__init__(
            scope,
            settings.name,
            environment=platform.environment,
            description=f"Pipeline {settings.name} with its schedule",
            # Its jobs read the code of earlier deployments, too, and no other pipeline's code.
            own_assets=True,
        )
        pipeline = pipeline_context(platform, settings)
        for values in (settings.parameters, *(each.parameters for each in settings.all_schedules)):
            check_parameters(pipeline.definition, values)
        self.tag(pipeline.manifest.tags)

        code = code_archive(self, "Code", pipeline.name, platform.root)
        file_catalog(self, platform, pipeline)
        feature_groups(self, platform, pipeline.name)
        feature_crawlers(self, platform, settings)
        group = package_group(self, platform, pipeline)
        extraction = pipeline_extraction(self, platform, pipeline)
        queues = used_queues(pipeline, extraction)
        values = environment_values(
            self, platform, pipeline, code=code, extraction=extraction, queues=queues
        )
        roles = PipelineRoles(
            self,
            "Roles",
            platform=platform,
            pipeline=pipeline,
            code=code,
            queues=queues,
            values=values,
        )
        created = sagemaker_pipeline(self, pipeline, roles=roles, values=values, group=group)
        built_image(self, platform, pipeline, before=created)
        arn = self.format_arn(
            service="sagemaker", resource="pipeline", resource_name=pipeline.aws_name
        )
        schedules = pipeline_schedules(
            self,
            settings,
            aws_name=pipeline.aws_name,
            pipeline_arn=arn,
            alerts=platform.alerts,
        )
        for each in schedules:
            each.add_resource_dependency(created)
        empty_models(self, platform, pipeline, created=created, schedules=schedules)
        untold = UntoldFailures(self, "FailureAlert", alerts=platform.alerts)
        RunReport(
            self, "RunReport", platform=platform, pipeline=pipeline, dead_letters=untold.queue
        )
        drift_watch(self, platform, pipeline)
        promotion_role(self, platform, pipeline)
        if settings.protected:
            keep_unchanged(self, created)
        self.output("PipelineName", created.ref)
        self.output("PipelineArn", arn)
        if group:
            self.output("ModelPackageGroupName", pipeline.package_group)
        if not settings.all_schedules[0].name:
            self.output("ScheduleRuleName", schedules[0].ref)
