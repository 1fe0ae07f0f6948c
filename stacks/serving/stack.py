"""The stack that serves a pipeline's approved models behind one endpoint."""

from __future__ import annotations

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_sns as sns
from constructs import Construct

from pipeline_code.definition import compiled, constant_tags, required_actions
from stacks.alerts.failure_alert import FailureAlert
from stacks.base import RedlineStack
from stacks.config import Environment, Pipeline, Serving, refuse
from stacks.lake.stack import DataStack
from stacks.network.job_network import job_network
from stacks.network.private_vpc import private_subnets
from stacks.network.stack import NetworkStack
from stacks.pipeline.container_images import model_images
from stacks.pipeline.model_source import GROUP
from stacks.serving.deployer_requests import (
    config_request,
    deployment_request,
    model_request,
    scaling_request,
    variant_request,
)
from stacks.serving.endpoint_alarms import EndpointAlarms
from stacks.serving.endpoint_emptier import EndpointEmptier
from stacks.serving.model_deployer import ModelDeployer, Served
from stacks.serving.model_role import ModelRole

VARIANT = "AllTraffic"


class ServingStack(RedlineStack):
    """The deployer of one endpoint, the role of its models and the alarms on its answers.

    The endpoint is not in the template: which model it serves is decided by approvals, and a
    template that named one would take the endpoint back to it.
    """

    def __init__(
        self,
        scope: Construct,
        environment: Environment,
        settings: Pipeline,
        serving: Serving,
        *,
        network: NetworkStack,
        data: DataStack,
        alerts: sns.ITopic,
    ) -> None:
        super().__init__(
            scope,
            f"{settings.name}-serving",
            environment=environment,
            description=f"Endpoint of the approved models of {settings.name}",
        )
        self._environment, self._settings, self._serving = environment, settings, serving
        self._network, self._data, self._alerts = network, data, alerts
        self._endpoint = f"redline-{environment.name}-{settings.name}"
        self._definition = compiled(settings.name, options=settings.options)
        self._tags = {**environment.tags(), **constant_tags(self._definition.body)}
        for key, value in self._tags.items():
            cdk.Tags.of(self).add(key, value)
        self._check()
        self._alarms = EndpointAlarms(
            self,
            "Alarms",
            endpoint=self._endpoint,
            variant=VARIANT,
            serving=serving,
            alerts=alerts,
        )
        self._model_role = self._make_model_role()
        self._deploy()
        self._tell_of_failures()
        self.output("EndpointName", self._endpoint)
        self.output("ModelRoleArn", self._model_role.role.role_arn)

    def _check(self) -> None:
        if GROUP not in {each["Name"] for each in self._definition.body["Parameters"]}:
            raise refuse(
                f"{self._settings.name}.serving",
                self._serving,
                allowed="None for a pipeline that registers no models",
                remedy="leave it out",
            )

    def _make_model_role(self) -> ModelRole:
        return ModelRole(
            self,
            "Model",
            actions=required_actions(self._definition.body).of("ModelRoleArn"),
            pipeline=self._settings.name,
            lake_arn=self._data.lake.bucket_arn,
            key_arn=self._data.key.key_arn,
            images=model_images(self._definition, self._environment.region),
            job_network=job_network(
                self,
                subnets=[subnet.subnet_id for subnet in private_subnets(self._network.vpc)],
                security_group=self._network.jobs.security_group_id,
            ),
        )

    def _deploy(self) -> None:
        requests, retention = self._requests(), self._environment.retention
        deployer = ModelDeployer(
            self,
            "Deployer",
            served=Served(
                endpoint=self._endpoint,
                package_group=self._endpoint,
                model_role=self._model_role.role,
                key=self._data.key,
                alarms=self._alarms.all,
            ),
            requests=requests,
            alerts=self._alerts,
            retention=retention,
        )
        emptier = EndpointEmptier(
            self,
            "EndpointEmptier",
            endpoint=self._endpoint,
            deployer=deployer,
            requests=self.to_json_string(requests),
            key=self._data.key,
            retention=retention,
        )
        # A model that is loaded needs its role's rights, until the endpoint is gone.
        emptier.node.add_dependency(self._model_role.policy)

    def _requests(self) -> dict[str, Any]:
        """What the stack decides of the deployer's calls."""
        serving = self._serving
        return {
            "tags": self._tags,
            "model": model_request(self._model_role.role, self._network),
            "variant": variant_request(serving),
            "config": config_request(serving, self._data, pipeline=self._settings.name),
            "deployment": deployment_request(serving, self._alarms.all),
            "scaling": scaling_request(serving),
        }

    def _tell_of_failures(self) -> None:
        """An endpoint that does not answer at all; deployments that fail the deployer tells of."""
        FailureAlert(
            self,
            "FailureAlert",
            description="Tells of an endpoint that failed",
            detail_type="SageMaker Endpoint State Change",
            detail={
                "EndpointName": [self._endpoint],
                "EndpointStatus": ["FAILED", "UPDATE_ROLLBACK_FAILED"],
            },
            alerts=self._alerts,
        )
