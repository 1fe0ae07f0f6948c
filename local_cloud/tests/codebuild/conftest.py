"""A laptop cloud with a role of a build, and a folder in which uv finds packages."""

from __future__ import annotations

import io
import json
import time
import zipfile

import pytest

from local_cloud.child_environment import NO_ACCOUNT
from local_cloud.server import running
from local_cloud.tests.wheels import write_wheel

REPOSITORY = "images"
COMMANDS = (
    "aws ecr get-login-password --region us-east-1 | docker login --username AWS "
    '--password-stdin "$REGISTRY"',
    'docker build --provenance=false --output type=docker --tag "$IMAGE_URI" .',
    'docker push "$IMAGE_URI"',
)
RIGHTS = ("logs:*", "s3:GetObject", "ecr:GetAuthorizationToken", "ecr:PutImage")


class Builder:
    """Creates projects over an archive in S3, and runs their builds to the end."""

    def __init__(self, cloud):
        self.cloud, self.codebuild = cloud, cloud.client("codebuild")
        cloud.client("s3").create_bucket(Bucket="sources")
        cloud.client("ecr").create_repository(
            repositoryName=REPOSITORY, imageTagMutability="IMMUTABLE"
        )
        cloud.client("logs").create_log_group(logGroupName="builds")

    @property
    def registry(self):
        return "123456789012.dkr.ecr.us-east-1.amazonaws.com"

    def role(self, name, *actions):
        iam, service = self.cloud.client("iam"), {"Service": "codebuild.amazonaws.com"}
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
        allow = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
        arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=_policy(allow))
        return arn

    def project(self, name, *, files=None, commands=COMMANDS, rights=RIGHTS, **more):
        """Create a project, whose image has its name as the tag. Return its name."""
        content = io.BytesIO()
        with zipfile.ZipFile(content, "w") as archive:
            for path, text in (files or {}).items():
                archive.writestr(path, text)
        self.cloud.client("s3").put_object(
            Bucket="sources", Key=f"{name}.zip", Body=content.getvalue()
        )
        specification = {"version": "0.2", "phases": {"build": {"commands": list(commands)}}}
        variables = {
            "IMAGE_URI": f"{self.registry}/{REPOSITORY}:{name}",
            "REGISTRY": self.registry,
        }
        project = {
            "name": name,
            "serviceRole": self.role(f"{name}-role", *rights),
            "artifacts": {"type": "NO_ARTIFACTS"},
            "source": {
                "type": "S3",
                "location": f"sources/{name}.zip",
                "buildspec": json.dumps(specification),
            },
            "environment": {
                "type": "LINUX_CONTAINER",
                "image": "aws/codebuild/amazonlinux-x86_64-standard:5.0",
                "computeType": "BUILD_GENERAL1_SMALL",
                "privilegedMode": True,
                "environmentVariables": [
                    {"name": name, "value": value, "type": "PLAINTEXT"}
                    for name, value in variables.items()
                ],
            },
            "logsConfig": {"cloudWatchLogs": {"status": "ENABLED", "groupName": "builds"}},
        }
        self.codebuild.create_project(**{**project, **more})
        return name

    def run(self, name):
        """Run a build of a project to its end. Return its description and its log."""
        build = self.codebuild.start_build(projectName=name)["build"]
        return self.ended(build["id"])

    def ended(self, identifier):
        """Wait until a build has ended. Return its description and its log."""
        while True:
            (build,) = self.codebuild.batch_get_builds(ids=[identifier])["builds"]
            if build["buildComplete"]:
                return build, self._log(build)
            time.sleep(0.02)

    def _log(self, build):
        logs, place = self.cloud.client("logs"), build["logs"]
        try:
            events = logs.get_log_events(
                logGroupName=place["groupName"], logStreamName=place["streamName"]
            )["events"]
        except logs.exceptions.ResourceNotFoundException:
            return ""
        return "\n".join(event["message"] for event in events)


def _policy(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture(scope="module")
def builder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("builds")
    write_wheel(folder / "wheels")
    variables = {**NO_ACCOUNT, "UV_NO_INDEX": "1", "UV_FIND_LINKS": str(folder / "wheels")}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in variables.items():
            patch.setenv(name, value)
        with running(state=folder / "state") as cloud:
            yield Builder(cloud)
