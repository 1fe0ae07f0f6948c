"""The services that the function `deploy_model` calls, and the events that invoke it."""

from __future__ import annotations

import json
import time

import boto3

from local_cloud.tests.deployed_models import (
    ENDPOINT,
    GROUP,
    REQUESTS,
    S3,
    VARIABLES,
    Autoscaling,
    CloudWatch,
    SageMaker,
    Topic,
    package_arn,
)


class World:
    """The services that the function calls, and the events that invoke it."""

    def __init__(self, handler, context):
        self._handler, self._context = handler, context
        self.sagemaker, self.autoscaling, self.topic = SageMaker(), Autoscaling(), Topic()
        self.cloudwatch, self.s3 = CloudWatch(), S3()
        self._next = None

    def use_once(self, sagemaker):
        """Return this stand-in when the next SageMaker client is created."""
        self._next = sagemaker

    def client(self, service, **_):
        if service == "sagemaker" and self._next is not None:
            created, self._next = self._next, None
            return created
        return {
            "sagemaker": self.sagemaker,
            "application-autoscaling": self.autoscaling,
            "cloudwatch": self.cloudwatch,
            "s3": self.s3,
            "sns": self.topic,
        }[service]

    def decide(self, version, status):
        """Approve or reject a package, and invoke the function with the event."""
        self.sagemaker.statuses[version] = status
        self.call(
            {
                "detail": {
                    "ModelPackageGroupName": GROUP,
                    "ModelPackageArn": package_arn(version),
                    "ModelApprovalStatus": status,
                }
            }
        )

    def finish(self, *, error=None):
        """End the deployment, and invoke the function with the event."""
        self.sagemaker.finish(error=error)
        self.call({"detail": {"EndpointName": ENDPOINT, "EndpointStatus": "IN_SERVICE"}})

    def serve(self, version):
        """Approve a package and finish its deployment successfully."""
        self.decide(version, "Approved")
        self.finish()

    def call(self, event):
        self._handler.handler(event, self._context)

    @property
    def status(self):
        return self.sagemaker.endpoint["EndpointStatus"]

    @property
    def served(self):
        """The version in service."""
        return int(self.sagemaker.endpoint["EndpointConfigName"].split("-v")[1].split("-")[0])

    @property
    def tags(self):
        return self.sagemaker.tags[f"endpoint/{ENDPOINT}"]


def invoked(handler, context, monkeypatch):
    """Return the world of a loaded handler."""
    world = World(handler, context)
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "client", world.client)
    monkeypatch.setattr(time, "sleep", lambda _seconds: None)
    return world


def change_settings(monkeypatch, **parts):
    """Change parts of the requests that the stack sets."""
    requests = {**REQUESTS, **parts}
    monkeypatch.setenv("REQUESTS", json.dumps(requests))
