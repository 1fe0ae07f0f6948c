"""The stack of one pipeline: code, roles, definition, registry, schedule, alert."""

from __future__ import annotations

import aws_cdk as cdk
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from pipeline_code.definition import compiled, constant_tags, required_actions
from stacks.alerts.failure_alert import tell_of_failed_executions
from stacks.base import RedlineStack
from stacks.config import Environment, Pipeline
from stacks.lake.stack import DataStack
from stacks.network.job_network import JobNetwork, job_network
from stacks.network.private_vpc import private_subnets
from stacks.network.stack import NetworkStack
from stacks.pipeline.code_archive import code_archive
from stacks.pipeline.container_images import images_of, model_images
from stacks.pipeline.dataset_check import check_dataset
from stacks.pipeline.deployed_definition import check_values, deployed_body
from stacks.pipeline.drift_watch import watch_drift
from stacks.pipeline.environment_values import environment_values
from stacks.pipeline.file_catalog import catalogue_files
from stacks.pipeline.model_source import GROUP, model_source
from stacks.pipeline.models_emptier import ModelsEmptier
from stacks.pipeline.package_group import package_group
from stacks.pipeline.pipeline_roles import PipelineResources, PipelineRoles
from stacks.pipeline.pipeline_schedule import PipelineSchedule
from stacks.pipeline.step_functions import step_functions
from stacks.warehouse.stack import WarehouseStack
from stacks.warehouse.warehouse_access import READER

MODEL_ROLE = "ModelRoleArn"  # the parameter of whatever definition makes models


class PipelineStack(RedlineStack):
    """`pipeline_code/<name>` as one environment runs it."""

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        settings: Pipeline,
        *,
        network: NetworkStack,
        data: DataStack,
        warehouse: WarehouseStack,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(
            scope,
            settings.name,
            environment=environment,
            description=f"Pipeline {settings.name} with its schedule",
        )
        self._name = f"redline-{environment.name}-{settings.name}"
        self._environment, self._settings = environment, settings
        self._network, self._data, self._warehouse = network, data, warehouse
        self._definition = compiled(settings.name, options=settings.options)
        self._declared = {each["Name"] for each in self._definition.body["Parameters"]}
        self._required = required_actions(self._definition.body)
        check_dataset(environment, settings, declared=self._declared)
        for key, value in constant_tags(self._definition.body).items():
            cdk.Tags.of(self).add(key, value)
        self._images = images_of(self._definition, environment.region)
        self._source = model_source(environment, settings, self._definition)
        self._group_name = f"redline-{environment.name}-{self._source.name}"
        self._code = code_archive(self, "Code", settings.name)
        catalogue_files(self, settings.name, pipeline=self._name, data=data, warehouse=warehouse)
        self._group = self._registry()
        self._functions = step_functions(
            self,
            declared=self._declared,
            settings=settings,
            package_group=self._group_name,
            data=data,
            warehouse=warehouse,
            retention=environment.retention,
        )
        self._roles = self._make_roles()
        pipeline = self._pipeline()
        arn = self.format_arn(service="sagemaker", resource="pipeline", resource_name=self._name)
        schedule = self._schedule(arn, alerts)
        schedule.rule.add_resource_dependency(pipeline)
        self._empty_models(pipeline, schedule)
        tell_of_failed_executions(self, "FailureAlert", pipeline_arn=arn, alerts=alerts)
        self._watch(alerts)
        self.output("PipelineName", pipeline.ref)
        self.output("PipelineArn", arn)
        if self._group:
            self.output("ModelPackageGroupName", self._group_name)
        self.output("ScheduleRuleName", schedule.rule.ref)

    def _registry(self) -> sagemaker.CfnModelPackageGroup | None:
        """The group of the models that the pipeline registers, if it does."""
        if self._settings.models_of is not None or GROUP not in self._declared:
            return None
        retention = self._environment.retention
        return package_group(self, self._name, key=self._data.key, retention=retention)

    def _make_roles(self) -> PipelineRoles:
        return PipelineRoles(
            self,
            "Roles",
            required=self._required,
            resources=PipelineResources(
                pipeline=self._settings.name,
                models_of=self._source.name,
                package_group=self._group_name,
                lake_arn=self._data.lake.bucket_arn,
                key_arn=self._data.key.key_arn,
                code=self._code,
                job_network=self._job_network(),
                images=self._images,
                model_images=model_images(self._source, self._environment.region),
                dataset_scopes=self._warehouse.access.dataset_scopes(READER),
                function_arns=self._functions.values(),
                extract_queue_arn=self._warehouse.extraction.queue.queue_arn,
            ),
        )

    def _job_network(self) -> JobNetwork:
        """Where jobs run: in the two subnets that the definition names."""
        subnets = [subnet.subnet_id for subnet in private_subnets(self._network.vpc)[:2]]
        group = self._network.jobs.security_group_id
        return job_network(self, subnets=subnets, security_group=group)

    def _pipeline(self) -> sagemaker.CfnPipeline:
        body = deployed_body(
            self._definition.body,
            environment=self._values(),
            overrides={**self._settings.parameters, **self._approval()},
        )
        pipeline = sagemaker.CfnPipeline(
            self,
            "Pipeline",
            pipeline_name=self._name,
            pipeline_display_name=self._name,
            role_arn=self._roles.execution.role_arn,
            pipeline_definition={"PipelineDefinitionBody": self.to_json_string(body)},
        )
        # A pipeline that may start needs its roles' policies and its registry to be there.
        registry = [self._group] if self._group else []
        pipeline.node.add_dependency(*self._roles.policies, *registry)
        return pipeline

    def _empty_models(self, pipeline: sagemaker.CfnPipeline, schedule: PipelineSchedule) -> None:
        """The models that runs make go with the stack, where the definition makes any."""
        if MODEL_ROLE in self._declared:
            retention = self._environment.retention
            emptier = ModelsEmptier(
                self, "ModelsEmptier", pipeline=pipeline, key=self._data.key, retention=retention
            )
            # Deleted in reverse: without the rule nothing starts while they go.
            schedule.rule.node.add_dependency(emptier)

    def _approval(self) -> dict[str, str]:
        """The configured approval, where a definition has a model to approve."""
        name = "ModelApprovalStatus"
        return {name: self._settings.approval} if name in self._declared else {}

    def _schedule(self, pipeline_arn: str, alerts: sns.ITopic) -> PipelineSchedule:
        check_values(self._definition.body, self._settings.schedule.parameters)
        return PipelineSchedule(
            self,
            "Schedule",
            rule_name=f"{self._name}-schedule",
            schedule=self._settings.schedule,
            pipeline_arn=pipeline_arn,
            alerts=alerts,
        )

    def _watch(self, alerts: sns.ITopic) -> None:
        """Alarms on the drift that the pipeline finds in its models' inputs, if it looks for it."""
        watch_drift(
            self,
            pipeline=self._name,
            settings=self._settings,
            watched=self._group_name,
            namespaces={namespace for _, namespace in self._required.metric_namespaces},
            alerts=alerts,
        )

    def _values(self) -> dict[str, str]:
        """What the definition may ask of its environment, and what this stack made for it."""
        return {
            **environment_values(
                self._environment,
                network=self._network,
                data=self._data,
                warehouse=self._warehouse,
            ),
            GROUP: self._group_name,
            "CodeBucket": self._code.s3_bucket_name,
            "CodeKey": self._code.s3_object_key,
            **self._images,
            **self._functions,
            **{parameter: role.role_arn for parameter, role in self._roles.jobs.items()},
        }
