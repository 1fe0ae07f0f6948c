"""The images of the jobs and models must be available.

BatchGetImage is one of the actions of a pull, and reads only the image's manifest:
https://docs.aws.amazon.com/AmazonECR/latest/userguide/security-iam-awsmanpol.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from operations.preflight.check import Account, Check, Result
from operations.preflight.definitions import definitions

_IMAGE = re.compile(
    r"(?P<registry>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(?:\.cn)?/"
    r"(?P<repository>[\w./-]+):(?P<tag>[\w.-]+)"
)


def _run(account: Account) -> Iterator[Result]:
    texts = (definition.text for definition in definitions(account.needs))
    images = {image[0]: image for text in texts for image in _IMAGE.finditer(text)}
    repositories = account.needs.resources("AWS::ECR::Repository")
    built = {each.properties["RepositoryName"] for each in repositories}
    for uri, image in sorted(images.items()):
        if image["repository"] in built:
            yield uri, "ok", "the deployment builds it", ""
            continue
        reason = _missing(account.aws.clients("ecr"), image)
        if reason is None:
            yield uri, "ok", "its manifest was read", ""
        else:
            remedy = "choose a tag of the registry in pipeline_code/compiler/images.py"
            yield uri, "fails", reason, remedy


def _missing(ecr: Any, image: re.Match[str]) -> str | None:
    """Return why the manifest of an image cannot be read; None if it was read."""
    try:
        answer = ecr.batch_get_image(
            registryId=image["registry"],
            repositoryName=image["repository"],
            imageIds=[{"imageTag": image["tag"]}],
        )
    except ecr.exceptions.RepositoryNotFoundException as error:
        return str(error.response["Error"]["Message"])
    if answer.get("images"):
        return None
    reasons = [failure["failureReason"] for failure in answer.get("failures", [])]
    return "; ".join(reasons) or "the registry has no such image"


CHECK = Check("images", _run)
