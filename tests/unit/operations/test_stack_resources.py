"""Resources that remain after their stack was deleted."""

from __future__ import annotations

from botocore.exceptions import ClientError

from operations.stack_resources import remaining_of_stacks


class Account:
    """A deleted stack with a retained repository of images."""

    prefix = "redline-prod-"

    def __init__(self, images):
        self.images = images

    def list_all(self, _service, operation, _member, **_parameters):
        return {
            "list_stacks": [
                {"StackName": "redline-prod-a", "StackId": "1", "StackStatus": "DELETE_COMPLETE"}
            ],
            "list_stack_resources": [
                {
                    "LogicalResourceId": "Repository",
                    "ResourceType": "AWS::ECR::Repository",
                    "PhysicalResourceId": "redline-prod-a",
                    "ResourceStatus": "DELETE_SKIPPED",
                }
            ],
        }[operation]

    def clients(self, service):
        assert service == "ecr"
        return self

    def get_paginator(self, operation):
        assert operation == "describe_images"
        return self

    def paginate(self, *, repositoryName):  # noqa: N803 - the API's name
        if self.images is None:
            error = {"Code": "RepositoryNotFoundException", "Message": "It does not exist"}
            raise ClientError({"Error": error}, "DescribeImages")
        yield from ({"imageDetails": [{}] * count} for count in self.images)


def test_a_retained_repository_is_listed_with_its_images():
    (found,) = remaining_of_stacks(Account([2, 1]))
    assert (found.reason, found.name, found.note) == ("retained", "redline-prod-a", "images: 3")


def test_a_repository_that_was_deleted_since_is_not_listed():
    assert list(remaining_of_stacks(Account(None))) == []
