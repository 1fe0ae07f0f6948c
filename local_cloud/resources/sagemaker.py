"""AWS::SageMaker: pipelines and model package groups."""

from __future__ import annotations

import json
from typing import Any, Self

from local_cloud.resources.base import Properties, ServiceResource, removed_keys


class SageMakerResource(ServiceResource):
    """Base class of resources whose tags are set by ARN."""

    arn: str

    @property
    def sagemaker(self) -> Any:
        """The client of SageMaker."""
        return self.service("sagemaker")

    def set_tags(self, arn: str, before: Self) -> None:
        """Set the tags of the template, and remove the others."""
        removed = removed_keys(before.tags, self.tags)
        if removed:
            self.sagemaker.delete_tags(ResourceArn=arn, TagKeys=removed)
        if self.tags:
            self.sagemaker.add_tags(ResourceArn=arn, Tags=self.tags)


class Pipeline(SageMakerResource):
    """AWS::SageMaker::Pipeline; Ref returns the name (this type has no GetAtt).

    The laptop cloud's CreatePipeline rejects definitions that it does not support.
    """

    TYPE = "AWS::SageMaker::Pipeline"
    PROPERTIES = frozenset(
        {
            "ParallelismConfiguration",
            "PipelineDefinition",
            "PipelineDescription",
            "PipelineDisplayName",
            "PipelineName",
            "RoleArn",
            "Tags",
        }
    )
    MUTABLE = PROPERTIES - {"PipelineName"}

    def create(self) -> None:
        """Call CreatePipeline."""
        name = self.properties["PipelineName"]
        self.sagemaker.create_pipeline(
            PipelineName=name,
            # A pipeline that is created again after its deletion needs a new token.
            ClientRequestToken=f"{self.stack_id.rpartition('/')[2]}-{self.logical_resource_id}"[
                -128:
            ],
            Tags=self.tags,
            **self._call(),
        )
        self.physical_resource_id = name

    def update(self, before: Self) -> None:
        """Call UpdatePipeline."""
        answer = self.sagemaker.update_pipeline(
            PipelineName=self.physical_resource_id, **self._call()
        )
        self.set_tags(answer["PipelineArn"], before)

    def remove(self) -> None:
        """Call DeletePipeline."""
        self.sagemaker.delete_pipeline(
            PipelineName=self.physical_resource_id,
            ClientRequestToken=f"delete-{self.stack_id.rpartition('/')[2]}",
        )

    def _call(self) -> Properties:
        names = (
            "ParallelismConfiguration",
            "PipelineDescription",
            "PipelineDisplayName",
            "RoleArn",
        )
        return {
            **_definition(self.properties["PipelineDefinition"]),
            **self.given(*names),
        }


class ModelPackageGroup(SageMakerResource):
    """AWS::SageMaker::ModelPackageGroup; Ref and ModelPackageGroupArn return the ARN."""

    TYPE = "AWS::SageMaker::ModelPackageGroup"
    PROPERTIES = frozenset({"ModelPackageGroupDescription", "ModelPackageGroupName", "Tags"})

    def create(self) -> None:
        """Call CreateModelPackageGroup."""
        names = ("ModelPackageGroupDescription", "ModelPackageGroupName")
        answer = self.sagemaker.create_model_package_group(**self.given(*names), Tags=self.tags)
        self.physical_resource_id = answer["ModelPackageGroupArn"]
        self.attributes = {
            "ModelPackageGroupArn": self.physical_resource_id,
            "ModelPackageGroupStatus": "Completed",
        }

    def update(self, before: Self) -> None:
        """Update the tags; other changes replace the resource."""
        self.set_tags(self.physical_resource_id, before)

    def remove(self) -> None:
        """Call DeleteModelPackageGroup. As on AWS, the group must be empty."""
        self.sagemaker.delete_model_package_group(
            ModelPackageGroupName=self.properties["ModelPackageGroupName"]
        )


def _definition(given: Properties) -> Properties:
    """Return the definition as PipelineDefinition or PipelineDefinitionS3Location."""
    if "PipelineDefinitionBody" in given:
        body = given["PipelineDefinitionBody"]
        return {"PipelineDefinition": body if isinstance(body, str) else json.dumps(body)}
    return {"PipelineDefinitionS3Location": given["PipelineDefinitionS3Location"]}
