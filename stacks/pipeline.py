"""The stack of one pipeline: code, roles, definition, registry, schedule, alert."""

from __future__ import annotations

from collections.abc import Callable

import aws_cdk as cdk
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3_assets as assets
from aws_cdk import aws_sagemaker as sagemaker
from aws_cdk import aws_sns as sns
from constructs import Construct

from pipeline_code.definition import (
    CompiledDefinition,
    compiled,
    constant_tags,
    required_actions,
)
from pipeline_code.definition.storage import registered_images
from stacks.base import RedlineStack
from stacks.config import Environment, Pipeline, refuse
from stacks.constructs.code_archive import code_archive
from stacks.constructs.data_catalog import DataCatalog, catalog_tables
from stacks.constructs.deployed_definition import check_values, deployed_body
from stacks.constructs.failure_alert import FailureAlert
from stacks.constructs.instance_scopes import Place, place_in
from stacks.constructs.latest_model import LatestModel
from stacks.constructs.pipeline_roles import PipelineResources, PipelineRoles
from stacks.constructs.pipeline_schedule import PipelineSchedule
from stacks.constructs.prediction_loading import PredictionLoading
from stacks.constructs.private_vpc import private_subnets
from stacks.constructs.registry_emptier import RegistryEmptier
from stacks.constructs.removal import removal_policy
from stacks.constructs.warehouse_access import DATABASE, READER
from stacks.data import DataStack
from stacks.drift_watch import watch_drift
from stacks.model_source import GROUP, LATEST_MODEL, model_source
from stacks.network import NetworkStack
from stacks.warehouse import WarehouseStack

CLUSTER = "ClusterIdentifier"


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
        self._needed = required_actions(self._definition.body)
        self._check_dataset()
        for key, value in constant_tags(self._definition.body).items():
            cdk.Tags.of(self).add(key, value)
        self._images = images_of(self._definition, environment.region)
        self._source = model_source(environment, settings, self._definition)
        self._group_name = f"redline-{environment.name}-{self._source.name}"
        self._code = code_archive(self, "Code", settings.name)
        self._catalog()
        registers = settings.models_of is None and GROUP in self._declared
        self._group = self._package_group() if registers else None
        self._functions = self._step_functions()
        self._roles = self._make_roles()
        pipeline = self._pipeline()
        arn = self.format_arn(service="sagemaker", resource="pipeline", resource_name=self._name)
        schedule = self._schedule(arn, alerts)
        schedule.rule.add_resource_dependency(pipeline)
        FailureAlert(self, "FailureAlert", pipeline_arn=arn, alerts=alerts)
        self._watch(alerts)
        self.output("PipelineName", pipeline.ref)
        self.output("PipelineArn", arn)
        if self._group:
            self.output("ModelPackageGroupName", self._group_name)
        self.output("ScheduleRuleName", schedule.rule.ref)

    def _check_dataset(self) -> None:
        """Refuse a Redshift dataset of SageMaker's where there is no cluster to name in it."""
        if CLUSTER in self._declared and self._environment.warehouse.kind == "serverless":
            raise refuse(
                f"{self._settings.name}.options",
                dict(self._settings.options),
                allowed="an extraction by UNLOAD where the warehouse is serverless, as SageMaker's "
                "RedshiftDatasetDefinition takes a ClusterIdentifier and no workgroup",
                remedy='set options={"extraction": "unload"}, or take extract_step for '
                "redshift_input in the pipeline's definition",
            )

    def _catalog(self) -> None:
        """The catalogue of the pipeline's files, where the folder describes one."""
        tables = catalog_tables(self._settings.name)
        if tables:
            catalog = DataCatalog(
                self,
                "Catalog",
                database=self._name.replace("-", "_"),  # the warehouse's SQL takes no hyphens
                pipeline=self._settings.name,
                tables=tables,
                lake=self._data.lake,
                reader=self._warehouse.role,
            )
            self.output("CatalogDatabaseName", catalog.database)

    def _package_group(self) -> sagemaker.CfnModelPackageGroup:
        group = sagemaker.CfnModelPackageGroup(
            self,
            "ModelPackageGroup",
            model_package_group_name=self._group_name,
            model_package_group_description=f"Models that the pipeline {self._name} registered",
        )
        retention = self._environment.retention
        group.apply_removal_policy(removal_policy(retention))
        if retention.removal == "destroy":
            RegistryEmptier(
                self, "RegistryEmptier", group=group, key=self._data.key, retention=retention
            )
        return group

    def _step_functions(self) -> dict[str, str]:
        """The ARN of each function that the definition calls, by its parameter."""
        makers: dict[str, Callable[[], lambda_.IFunction]] = {
            "ExtractFunctionArn": lambda: self._warehouse.extraction.function,
            LATEST_MODEL: self._latest_model,
            "LoadPredictionsFunctionArn": self._load_predictions,
        }
        return {
            parameter: make().function_arn
            for parameter, make in makers.items()
            if parameter in self._declared
        }

    def _latest_model(self) -> lambda_.IFunction:
        return LatestModel(
            self,
            "LatestModel",
            package_group=self._group_name,
            key=self._data.key,
            retention=self._environment.retention,
        ).function

    def _load_predictions(self) -> lambda_.IFunction:
        return PredictionLoading(
            self,
            "LoadPredictions",
            pipeline=self._settings.name,
            access=self._warehouse.access,
            warehouse_role=self._warehouse.role,
            lake=self._data.lake,
            key=self._data.key,
            retention=self._environment.retention,
        ).function

    def _make_roles(self) -> PipelineRoles:
        return PipelineRoles(
            self,
            "Roles",
            needed=self._needed,
            resources=PipelineResources(
                pipeline=self._settings.name,
                models_of=self._source.name,
                package_group=self._group_name,
                lake_arn=self._data.lake.bucket_arn,
                key_arn=self._data.key.key_arn,
                code=self._code,
                place=self._place(),
                images=self._images,
                model_images=model_images(self._source, self._environment.region),
                dataset_scopes=self._warehouse.access.dataset_scopes(READER),
                function_arns=self._functions.values(),
                extract_queue_arn=self._warehouse.extraction.queue.queue_arn,
            ),
        )

    def _place(self) -> Place:
        """Where jobs run: in the two subnets that the definition names."""
        subnets = private_subnets(self._network.vpc)[:2]
        return place_in(
            self,
            subnets=[subnet.subnet_id for subnet in subnets],
            security_group=self._network.jobs.security_group_id,
        )

    def _pipeline(self) -> sagemaker.CfnPipeline:
        body = deployed_body(
            self._definition.body,
            environment=self._environment_values(),
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
            namespaces={namespace for _, namespace in self._needed.metric_namespaces},
            alerts=alerts,
        )

    def _environment_values(self) -> dict[str, str]:
        """A value for whatever a definition may ask of its environment."""
        subnets = private_subnets(self._network.vpc)
        return {
            "LakeBucket": self._data.lake.bucket_name,
            "KmsKeyArn": self._data.key.key_arn,
            "SubnetA": subnets[0].subnet_id,
            "SubnetB": subnets[1].subnet_id,
            "SecurityGroupId": self._network.jobs.security_group_id,
            "Database": DATABASE,
            "WarehouseRoleArn": self._warehouse.role.role_arn,
            "ExtractQueueUrl": self._warehouse.extraction.queue.queue_url,
            GROUP: self._group_name,
            "TagEnvironment": self._environment.name,
            "TagOwner": self._environment.owner,
            "TagCostCenter": self._environment.cost_center,
            **self._warehouse.access.definition_values(READER),
            **_code_values(self._code),
            **self._images,
            **self._functions,
            **{parameter: role.role_arn for parameter, role in self._roles.jobs.items()},
        }


def _code_values(code: assets.Asset) -> dict[str, str]:
    return {"CodeBucket": code.s3_bucket_name, "CodeKey": code.s3_object_key}


def images_of(definition: CompiledDefinition, region: str) -> dict[str, str]:
    """The image of each image parameter in `region`."""
    for parameter, uris in definition.image_uris.items():
        if region not in uris:
            raise refuse(
                f"region (for {parameter} of {definition.name})",
                region,
                allowed=", ".join(sorted(uris)),
                remedy="deploy where AWS publishes the image",
            )
    return {parameter: uris[region] for parameter, uris in definition.image_uris.items()}


def model_images(definition: CompiledDefinition, region: str) -> list[str]:
    """The images of the models that the definition registers, in `region`."""
    every = images_of(definition, region)
    return [every[parameter] for parameter in registered_images(definition.body)]
