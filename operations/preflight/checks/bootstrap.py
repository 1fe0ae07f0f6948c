"""The account and region must be bootstrapped for the CDK, with the qualifier of the app.

The names are in the manifest of the cloud assembly. Source:
https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-env.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from botocore.exceptions import ClientError

from operations.preflight.check import Account, Check, Result

_ROLES = ("assumeRoleArn", "cloudFormationExecutionRoleArn")
_MISSING = frozenset({"ParameterNotFound", "NoSuchEntity", "404", "NoSuchBucket"})


def _run(account: Account) -> Iterator[Result]:
    environment = account.aws.environment
    remedy = f"run `make bootstrap ENV={environment.name}`"
    needed = _needed_versions(account)
    for parameter, version in needed.items():
        found = _version(account, parameter)
        if found is None:
            yield parameter, "fails", "the parameter does not exist", remedy
        elif found < version:
            yield parameter, "fails", f"version {found}; the app needs {version}", remedy
        else:
            yield parameter, "ok", f"version {found}; the app needs {version}", ""
    identity = account.aws.clients("sts").get_caller_identity()
    for bucket in sorted(_buckets(account)):
        name = _named(bucket, identity)
        yield _existing(account, "s3", "head_bucket", "Bucket", name, remedy)
    for role in sorted(_roles(account)):
        name = _named(role, identity)
        yield _existing(account, "iam", "get_role", "RoleName", name, remedy)


def _needed_versions(account: Account) -> dict[str, int]:
    needed: dict[str, int] = {}
    for stack in account.needs.stacks:
        name = stack.artifact["bootstrapStackVersionSsmParameter"]
        version = int(stack.artifact["requiresBootstrapStackVersion"])
        needed[name] = max(version, needed.get(name, 0))
    return needed


def _version(account: Account, parameter: str) -> int | None:
    try:
        found = account.aws.clients("ssm").get_parameter(Name=parameter)
    except ClientError as error:
        if error.response["Error"]["Code"] in _MISSING:
            return None
        raise
    return int(found["Parameter"]["Value"])


def _buckets(account: Account) -> set[str]:
    urls = (stack.artifact["stackTemplateAssetObjectUrl"] for stack in account.needs.stacks)
    return {url.removeprefix("s3://").partition("/")[0] for url in urls}


def _roles(account: Account) -> set[str]:
    found = (stack.artifact[member] for stack in account.needs.stacks for member in _ROLES)
    return {arn.partition(":role/")[2] for arn in found}


def _named(name: str, identity: Mapping[str, str]) -> str:
    """Insert the account of the caller, if the app does not set the account."""
    return name.replace("${AWS::AccountId}", identity["Account"])


def _existing(
    account: Account, service: str, operation: str, member: str, name: str, remedy: str
) -> Result:
    try:
        getattr(account.aws.clients(service), operation)(**{member: name})
    except ClientError as error:
        if error.response["Error"]["Code"] not in _MISSING:
            raise
        return name, "fails", "does not exist", remedy
    return name, "ok", "exists", ""


CHECK = Check("bootstrap", _run)
