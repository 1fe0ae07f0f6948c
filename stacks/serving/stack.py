"""The stack that serves a pipeline's approved models with one endpoint."""

from __future__ import annotations

from constructs import Construct

from stacks.alerts.dead_letters import accept_missing_dead_letters
from stacks.alerts.failure_alert import FailureAlert
from stacks.base import RedlineStack
from stacks.config import Pipeline, Serving, refuse
from stacks.pipeline.job_scopes import model_objects
from stacks.pipeline.pipeline_context import pipeline_context
from stacks.platform import Platform
from stacks.serving.deployer_requests import deployer_requests
from stacks.serving.endpoint_alarms import EndpointAlarms
from stacks.serving.endpoint_emptier import EndpointEmptier
from stacks.serving.model_deployer import ModelDeployer, Served
from stacks.serving.model_role import ModelRole
from stacks.serving.online_features import OnlineFeatures

VARIANT = "AllTraffic"


class ServingStack(RedlineStack):
    """The deployer of one endpoint, the role of its models and the alarms on its answers.

    The endpoint is not in the template: approvals decide which model it serves. A template with a
    model would reset the endpoint to that model.
    """

    def __init__(
        self, scope: Construct, platform: Platform, settings: Pipeline, serving: Serving
    ) -> None:
        super().__init__(
            scope,
            f"{settings.name}-serving",
            environment=platform.environment,
            description=f"Endpoint of the approved models of {settings.name}",
        )
        pipeline = pipeline_context(platform, settings)
        manifest, endpoint = pipeline.manifest, pipeline.aws_name
        if not manifest.registers_models:
            raise refuse(
                f"{settings.name}.serving",
                serving,
                allowed="None for a pipeline that registers no models",
                remedy="leave it out",
            )
        self.tag(manifest.tags)
        EndpointAlarms(
            self,
            "Alarms",
            endpoint=endpoint,
            variant=VARIANT,
            serving=serving,
            alerts=platform.alerts,
        )
        model = ModelRole(self, "Model", platform=platform, pipeline=pipeline, endpoint=endpoint)
        requests = deployer_requests(
            serving,
            platform,
            pipeline=settings.name,
            tags={**platform.environment.tags(), **manifest.tags},
            role=model.role,
        )
        deployer = ModelDeployer(
            self,
            "Deployer",
            served=Served(
                endpoint=endpoint,
                package_group=pipeline.package_group,
                models=model_objects(platform, pipeline),
                model_role=model.role,
                key=platform.key,
            ),
            requests=requests,
            alerts=platform.alerts,
            retention=platform.retention,
        )
        emptier = EndpointEmptier(
            self,
            "EndpointEmptier",
            endpoint=endpoint,
            deployer=deployer,
            requests=self.to_json_string(requests),
            key=platform.key,
            retention=platform.retention,
        )
        # A loaded model needs the permissions of its role until the endpoint is deleted.
        emptier.node.add_dependency(model.policy)
        # Detects an endpoint that does not answer at all; the deployer alerts of failed
        # deployments.
        alert = FailureAlert(
            self,
            "FailureAlert",
            description="Sends a failed endpoint to the alert topic",
            detail_type="SageMaker Endpoint State Change",
            detail={
                "EndpointName": [endpoint],
                "EndpointStatus": ["FAILED", "UPDATE_ROLLBACK_FAILED"],
            },
            alerts=platform.alerts,
        )
        accept_missing_dead_letters(alert.queue)
        if serving.features:
            online = OnlineFeatures(
                self,
                "OnlineFeatures",
                platform=platform,
                endpoint=endpoint,
                settings=serving.features,
            )
            self.output("OnlineFeaturesFunctionName", online.function.function_name)
        self.output("EndpointName", endpoint)
        self.output("ModelRoleArn", model.role.role_arn)
