"""The image that a deployment builds from the Dockerfile of a pipeline, in a registry of its own.

A custom resource starts the build of `image_project.py` and waits for it
(docs/decisions/0076-a-deployment-builds-images.md).
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import aws_cdk as cdk
from aws_cdk import aws_ecr as ecr
from aws_cdk import aws_s3_assets as assets
from constructs import Construct

from pipeline_code.own_image.build_context import build_context
from pipeline_code.pipelines import folder_of
from stacks.base import RedlineStack
from stacks.common.custom_resource import custom_resource, resource_function
from stacks.common.log_group import log_group
from stacks.common.permissions import Scope, derived_policy
from stacks.common.removal_policy import removal_policy
from stacks.pipeline.image_project import ImageProject
from stacks.pipeline.pipeline_context import PipelineContext
from stacks.platform import Platform


def built_images(platform: Platform, pipeline: PipelineContext) -> dict[str, str]:
    """Name -> URI of the images that deployments build: its own, and that of the models it uses.

    Raises:
        DockerfileError: no image can be built from a Dockerfile.
    """
    return {
        each.manifest.built_image: _uri(platform, each.name, _tag(platform, each.name))
        for each in (pipeline.models_of, pipeline.definition)
        if each.manifest.built_image
    }


def built_image(
    stack: RedlineStack,
    platform: Platform,
    pipeline: PipelineContext,
    *,
    before: cdk.CfnResource,
) -> None:
    """Build the image before the resource that uses it. No-op unless a step uses a Dockerfile."""
    if pipeline.manifest.built_image:
        built = BuiltImage(stack, "Image", platform=platform, pipeline=pipeline)
        before.node.add_dependency(built.image)


def _tag(platform: Platform, pipeline: str) -> str:
    """Return the digest of the content of an image: the repository moves no tag."""
    with TemporaryDirectory() as target:
        return build_context(folder_of(pipeline, platform.root), Path(target)).digest


def _uri(platform: Platform, pipeline: str, tag: str) -> str:
    account = platform.environment.account or cdk.Aws.ACCOUNT_ID
    registry = f"{account}.dkr.ecr.{platform.environment.region}.{cdk.Aws.URL_SUFFIX}"
    return f"{registry}/{platform.name_of(pipeline)}:{tag}"


class BuiltImage(Construct):
    """`image` exists when CodeBuild has pushed the image of this content to the repository."""

    def __init__(
        self, scope: Construct, name: str, *, platform: Platform, pipeline: PipelineContext
    ) -> None:
        super().__init__(scope, name)
        self._name, self._platform = pipeline.aws_name, platform
        with TemporaryDirectory() as target:  # CDK copies it to cdk.out immediately
            folder = folder_of(pipeline.name, platform.root)
            context = build_context(folder, Path(target))
            source = assets.Asset(self, "Source", path=str(context.archive))
        repository = self._repository()
        log = log_group(self, "LogGroup", platform.retention, platform.key)
        project = ImageProject(
            self,
            "Build",
            pipeline=self._name,
            uri=_uri(platform, pipeline.name, context.digest),
            base_images=context.base_images,
            source=source,
            repository=repository,
            key=platform.key,
            log=log,
        ).project
        worker = resource_function(
            self,
            handler="build_image",
            description="builds the image of a pipeline",
            key=platform.key,
            retention=platform.retention,
        )
        granted = derived_policy(
            self,
            "Policy",
            role=worker.role,
            actions=(
                *("codebuild:BatchGetBuilds", "codebuild:StartBuild", "codebuild:StopBuild"),
                *("ecr:DescribeImages", "logs:GetLogEvents"),
            ),
            scopes={
                "codebuild:*": Scope(resources=[project.attr_arn]),
                "ecr:*": Scope(resources=[repository.repository_arn]),
                "logs:*": Scope(resources=[log.log_group_arn]),
            },
        )
        self.image = custom_resource(
            self,
            "Built",
            kind="BuildImage",
            worker=worker,
            granted=granted,
            properties={
                "ProjectName": project.ref,
                "RepositoryName": repository.repository_name,
                "ImageTag": context.digest,
            },
        )

    def _repository(self) -> ecr.Repository:
        """Create the repository, which is deleted with its images where data may be deleted."""
        retention = self._platform.retention
        repository = ecr.Repository(
            self,
            "Repository",
            repository_name=self._name,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            image_scan_on_push=True,
            encryption=ecr.RepositoryEncryption.KMS,
            encryption_key=self._platform.key,
            # Registered models name images by their tags, so only images without a tag expire.
            lifecycle_rules=[
                ecr.LifecycleRule(
                    tag_status=ecr.TagStatus.UNTAGGED, max_image_age=cdk.Duration.days(1)
                )
            ],
            removal_policy=removal_policy(retention),
        )
        definition = repository.node.default_child
        assert isinstance(definition, ecr.CfnRepository)
        if retention.removal == "destroy":
            definition.empty_on_delete = True
        return repository
