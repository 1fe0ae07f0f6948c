"""Image repositories."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from local_cloud.image_builds.image_manifest import MEDIA_TYPE, BuiltImage

NAME = {"repositoryName": "life"}


def repository(aws):
    ecr = aws.client("ecr")
    ecr.create_repository(**NAME, imageTagMutability="IMMUTABLE")
    (found,) = ecr.describe_repositories(repositoryNames=["life"])["repositories"]
    assert found["imageTagMutability"] == "IMMUTABLE"
    ecr.put_image_tag_mutability(**NAME, imageTagMutability="MUTABLE")
    ecr.put_image_scanning_configuration(**NAME, imageScanningConfiguration={"scanOnPush": True})
    ecr.tag_resource(resourceArn=found["repositoryArn"], tags=[{"Key": "a", "Value": "b"}])
    tags = ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"]
    assert tags == [{"Key": "a", "Value": "b"}]
    ecr.untag_resource(resourceArn=found["repositoryArn"], tagKeys=["a"])
    assert ecr.list_tags_for_resource(resourceArn=found["repositoryArn"])["tags"] == []
    (found,) = ecr.describe_repositories(repositoryNames=["life"])["repositories"]
    assert found["imageTagMutability"] == "MUTABLE"
    assert found["imageScanningConfiguration"] == {"scanOnPush": True}
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 3}
    rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
    ecr.put_lifecycle_policy(**NAME, lifecyclePolicyText=json.dumps({"rules": [rule]}))
    shown = json.loads(ecr.get_lifecycle_policy(**NAME)["lifecyclePolicyText"])
    assert shown["rules"][0]["selection"]["countNumber"] == 3
    statement = {"Effect": "Allow", "Principal": "*", "Action": "ecr:BatchGetImage", "Sid": "a"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    ecr.set_repository_policy(**NAME, policyText=text)
    shown = json.loads(ecr.get_repository_policy(**NAME)["policyText"])
    assert shown["Statement"][0]["Action"] == "ecr:BatchGetImage"
    ecr.delete_repository(**NAME)
    with pytest.raises(ecr.exceptions.RepositoryNotFoundException):
        ecr.describe_repositories(repositoryNames=["life"])


def image(aws):
    ecr = aws.client("ecr")
    assert ecr.get_authorization_token()["authorizationData"][0]["authorizationToken"]
    ecr.create_repository(repositoryName="life", imageTagMutability="IMMUTABLE")
    manifest = BuiltImage("python", "/packages", {"A": "b"}).manifest()
    put = {"imageManifest": manifest, "imageManifestMediaType": MEDIA_TYPE, "imageTag": "one"}
    ecr.put_image(**NAME, **put)
    (found,) = ecr.describe_images(**NAME, imageIds=[{"imageTag": "one"}])["imageDetails"]
    assert found["imageTags"] == ["one"]
    (found,) = ecr.batch_get_image(**NAME, imageIds=[{"imageTag": "one"}])["images"]
    assert found["imageManifest"] == manifest
    with pytest.raises(ClientError, match="knows no image of the registry 683313688378"):
        ecr.batch_get_image(**NAME, registryId="683313688378", imageIds=[{"imageTag": "one"}])
    other = BuiltImage("python", "/other", {}).manifest()
    with pytest.raises(ClientError, match="already exists"):
        ecr.put_image(**NAME, **{**put, "imageManifest": other})
    with pytest.raises(ecr.exceptions.ImageNotFoundException):
        ecr.describe_images(**NAME, imageIds=[{"imageTag": "two"}])
