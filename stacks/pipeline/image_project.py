"""The project of CodeBuild that builds the image of a pipeline, and the role of the build.

The build runs outside of the VPC: it fetches the base image and packages from the Internet, to
which the VPC of the jobs has no route (docs/decisions/0076-a-deployment-builds-images.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_codebuild as codebuild
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from stacks.common.permissions import Scope, derived_policy
from stacks.common.service_trust import trusted

# https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
_BUILDER = "aws/codebuild/amazonlinux-x86_64-standard:5.0"
# The function waits for the build for at most 15 minutes.
_MINUTES = 13
_PRIVATE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/(?P<name>.+)"
)
_PULL = ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push.html
_PUSH = (
    *("ecr:BatchCheckLayerAvailability", "ecr:CompleteLayerUpload", "ecr:InitiateLayerUpload"),
    *("ecr:PutImage", "ecr:UploadLayerPart"),
)
# SageMaker refuses images in the format of OCI, which attestations of the build would need:
# https://github.com/aws/amazon-sagemaker-feedback/issues/180
_DOCKER_FORMAT = "--provenance=false --output type=docker"


class ImageProject(Construct):
    """`project` builds the image `uri` from `source`, and pushes it to `repository`.

    `pipeline` is the name of the pipeline in AWS; `base_images` are those that the build pulls.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,
        *,
        pipeline: str,
        uri: str,
        base_images: Collection[str],
        source: assets.Asset,
        repository: ecr.IRepository,
        key: kms.IKey,
        log: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, id)
        name = f"{pipeline}-image"
        bases = [found for each in base_images if (found := _PRIVATE.fullmatch(each))]
        role, policy = self._role(name, source, repository, log, bases)
        own = _registry(uri, cdk.Stack.of(self).region)
        others = (_registry(found[0], found["region"]) for found in bases)
        registries = list(dict.fromkeys([own, *others]))
        self.project = codebuild.CfnProject(
            self,
            "Project",
            name=name,
            description=f"Builds the image of the pipeline {pipeline}",
            service_role=role.role_arn,
            encryption_key=key.key_arn,
            artifacts={"type": "NO_ARTIFACTS"},
            source={
                "type": "S3",
                "location": f"{source.s3_bucket_name}/{source.s3_object_key}",
                "buildSpec": json.dumps(build_specification(registries), indent=1),
            },
            environment={
                "type": "LINUX_CONTAINER",
                "computeType": "BUILD_GENERAL1_MEDIUM",
                "image": _BUILDER,
                # Docker needs it:
                # https://docs.aws.amazon.com/codebuild/latest/userguide/sample-docker.html
                "privilegedMode": True,
                "environmentVariables": [
                    {"name": "IMAGE_URI", "type": "PLAINTEXT", "value": uri},
                    *(
                        {"name": name, "type": "PLAINTEXT", "value": value}
                        for name, value in _variables(registries).items()
                    ),
                ],
            },
            logs_config={"cloudWatchLogs": {"status": "ENABLED", "groupName": log.log_group_name}},
            timeout_in_minutes=_MINUTES,
        )
        self.project.node.add_dependency(policy)

    def _role(
        self,
        name: str,
        source: assets.Asset,
        repository: ecr.IRepository,
        log: logs.ILogGroup,
        bases: Collection[re.Match[str]],
    ) -> tuple[iam.Role, iam.Policy]:
        """Create the role of the build: it reads the source, pulls the base, pushes the image."""
        stack = cdk.Stack.of(self)
        arn = stack.format_arn(service="codebuild", resource="project", resource_name=name)
        role = iam.Role(
            self,
            "Role",
            assumed_by=trusted(self, "codebuild.amazonaws.com", source_arn=arn),
            description="Role of the build of an image",
        )
        policy = derived_policy(
            self,
            "Policy",
            role=role,
            actions=(
                *("logs:CreateLogStream", "logs:PutLogEvents"),
                *("s3:GetObject", "s3:GetObjectVersion", "ecr:GetAuthorizationToken"),
                *(*_PULL, *_PUSH),
            ),
            scopes={
                "logs:*": Scope(resources=[log.log_group_arn]),
                "s3:*": Scope(resources=[source.bucket.arn_for_objects(source.s3_object_key)]),
                "ecr:GetAuthorizationToken": Scope(
                    resources=["*"], reason="A registry's token has no ARN."
                ),
                # To push, Docker compares with the layers that the repository has.
                **{
                    action: Scope(
                        resources=[repository.repository_arn, *_repository_arns(stack, bases)]
                    )
                    for action in _PULL
                },
                "ecr:*": Scope(resources=[repository.repository_arn]),
            },
        )
        return role, policy


def build_specification(registries: Collection[tuple[str, str]]) -> dict[str, Any]:
    """Return the commands: log in to the registries, build the image, push it.

    They are in one phase, because CodeBuild runs `post_build` also after a failed build.
    https://docs.aws.amazon.com/codebuild/latest/userguide/view-build-details-phases.html
    """
    logins = [
        f'aws ecr get-login-password --region "$REGION_{number}" | docker login --username AWS '
        f'--password-stdin "$REGISTRY_{number}"'
        for number in range(1, len(registries) + 1)
    ]
    return {
        "version": "0.2",
        "phases": {
            "pre_build": {"commands": logins},
            "build": {
                "commands": [
                    f'docker build {_DOCKER_FORMAT} --tag "$IMAGE_URI" .',
                    'docker push "$IMAGE_URI"',
                ]
            },
        },
    }


def _variables(registries: Collection[tuple[str, str]]) -> Mapping[str, str]:
    """Return the variables that the logins of the build specification use."""
    return {
        name: value
        for number, (registry, region) in enumerate(registries, start=1)
        for name, value in ((f"REGISTRY_{number}", registry), (f"REGION_{number}", region))
    }


def _registry(uri: str, region: str) -> tuple[str, str]:
    """Return the host of the registry of an image, and its region."""
    return uri.partition("/")[0], region


def _repository_arns(stack: cdk.Stack, bases: Collection[re.Match[str]]) -> list[str]:
    """Return the repositories of base images in private registries, such as those of AWS."""
    return [
        stack.format_arn(
            service="ecr",
            account=found["account"],
            region=found["region"],
            resource="repository",
            resource_name=found["name"].partition("@")[0].partition(":")[0],
        )
        for found in bases
    ]
