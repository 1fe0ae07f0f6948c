"""The stack of one pipeline: code, roles, definition, registry, schedule, alert."""

from __future__ import annotations

from constructs import Construct

from stacks.alerts.failure_alert import alert_on_failed_executions
from stacks.base import RedlineStack
from stacks.config import Pipeline
from stacks.pipeline.code_archive import code_archive
from stacks.pipeline.deployed_definition import check_parameters
from stacks.pipeline.drift_watch import drift_watch
from stacks.pipeline.environment_values import environment_values, used_queues
from stacks.pipeline.file_catalog import file_catalog
from stacks.pipeline.package_group import package_group
from stacks.pipeline.pipeline_context import pipeline_context
from stacks.pipeline.pipeline_extraction import pipeline_extraction
from stacks.pipeline.pipeline_roles import PipelineRoles
from stacks.pipeline.pipeline_schedule import PipelineSchedule
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
        for values in (settings.parameters, settings.schedule.parameters):
            check_parameters(pipeline.definition, values)
        self.tag(pipeline.manifest.tags)

        code = code_archive(self, "Code", pipeline.name, platform.root)
        file_catalog(self, platform, pipeline)
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
        arn = self.format_arn(
            service="sagemaker", resource="pipeline", resource_name=pipeline.aws_name
        )
        schedule = PipelineSchedule(
            self,
            "Schedule",
            rule_name=f"{pipeline.aws_name}-schedule",
            schedule=settings.schedule,
            pipeline_arn=arn,
            alerts=platform.alerts,
        )
        schedule.rule.add_resource_dependency(created)
        empty_models(self, platform, pipeline, created=created, schedule=schedule)
        alert = alert_on_failed_executions(
            self, "FailureAlert", pipeline_arn=arn, alerts=platform.alerts
        )
        RunReport(self, "RunReport", platform=platform, pipeline=pipeline, dead_letters=alert.queue)
        drift_watch(self, platform, pipeline)
        self.output("PipelineName", created.ref)
        self.output("PipelineArn", arn)
        if group:
            self.output("ModelPackageGroupName", pipeline.package_group)
        self.output("ScheduleRuleName", schedule.rule.ref)
