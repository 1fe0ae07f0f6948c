"""The program `aws` of a build: `aws ecr get-login-password`, with the credentials of the build."""

from __future__ import annotations

import base64
import sys
from collections.abc import Sequence

import boto3


def main(arguments: Sequence[str]) -> int:
    """Print the password of a registry; return the exit code."""
    match arguments:
        case ["ecr", "get-login-password", "--region", str(region)]:
            print(_password(region))
            return 0
    print(
        f"aws {' '.join(arguments)}: not supported in a build on the laptop: allowed is aws ecr "
        "get-login-password --region REGION",
        file=sys.stderr,
    )
    return 252  # the exit code of the AWS CLI for a command that it does not know


def _password(region: str) -> str:
    (found,) = boto3.client("ecr", region_name=region).get_authorization_token()[
        "authorizationData"
    ]
    return base64.b64decode(found["authorizationToken"]).decode().partition(":")[2]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
