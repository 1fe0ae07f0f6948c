"""Turns errors of AWS into a sentence: what is wrong, and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from operations import OperationError

# https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the codes of S3 and STS.
_EXPIRED = frozenset(
    {"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"}
)
_INVALID = frozenset(
    {
        "InvalidClientTokenId",
        "UnrecognizedClientException",
        "SignatureDoesNotMatch",
        "InvalidAccessKeyId",
        "InvalidSignatureException",
        "IncompleteSignature",
    }
)
_DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AuthorizationError",
        "AuthorizationErrorException",
        "UnauthorizedOperation",
        "403",
    }
)
_LOG_IN = "log in again (`aws sso login`, or new values for AWS_ACCESS_KEY_ID, …)"


@contextmanager
def explained_rejection() -> Iterator[None]:
    """Raise `OperationError` with the message of SageMaker if it rejects a request as invalid."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "ValidationException":
            raise
        raise OperationError(error.response["Error"]["Message"]) from error


def sentence(error: ClientError | BotoCoreError) -> str:
    """Return what is wrong and what to do."""
    if isinstance(error, ClientError):
        return _of_service(error)
    if isinstance(error, (SSOError, TokenRetrievalError)):
        return f"the credentials of the shell have expired ({error}): {_LOG_IN}"
    if isinstance(error, (NoCredentialsError, PartialCredentialsError, ProfileNotFound)):
        return f"the shell has no usable AWS credentials ({error}): set AWS_PROFILE, or log in"
    if isinstance(error, EndpointConnectionError):
        return f"{error}. If it is a laptop cloud, start it with `python -m local_cloud up`"
    return str(error)


def _of_service(error: ClientError) -> str:
    details = error.response.get("Error", {})
    code, message = str(details.get("Code", "")), str(details.get("Message", ""))
    if code in _EXPIRED:
        return f"the credentials of the shell have expired ({code}): {_LOG_IN}"
    if code in _INVALID:
        return f"the credentials of the shell are not valid ({code}: {message}): {_LOG_IN}"
    if code in _DENIED:
        return _missing_permission(error, message)
    return str(error)


def _missing_permission(error: ClientError, message: str) -> str:
    """Name the action. The messages of most services contain it, those of S3 may not.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
    """
    found = re.search(r"not authorized to perform: ([\w-]+:\w+)", message)
    action = found[1] if found else f"the action of {error.operation_name}"
    return (
        f"the permission {action} is missing ({message}): add it to a policy of the user or role, "
        "or use credentials that have it"
    )
