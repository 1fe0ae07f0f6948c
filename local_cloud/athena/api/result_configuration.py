"""Where and how a result is written: the settings of the request and of the workgroup.

Source: https://docs.aws.amazon.com/athena/latest/ug/workgroups-settings-override.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local_cloud.athena.api.exceptions import InvalidRequestError

Members = Mapping[str, Any]
_SUPPORTED = frozenset({"OutputLocation", "EncryptionConfiguration"})
_WORKGROUP = frozenset(
    {
        "BytesScannedCutoffPerQuery",
        "EnableMinimumEncryptionConfiguration",
        "EnforceWorkGroupConfiguration",
        "EngineVersion",
        "PublishCloudWatchMetricsEnabled",
        "RequesterPaysEnabled",
        "ResultConfiguration",
    }
)


def check_configuration(configuration: Members) -> None:
    """Raise InvalidRequestError for settings of a workgroup that have no effect here."""
    _only(configuration, _WORKGROUP)
    for name in ("EnableMinimumEncryptionConfiguration", "RequesterPaysEnabled"):
        if configuration.get(name):
            raise InvalidRequestError(f"{name} is not supported by the laptop cloud")
    check_result(configuration.get("ResultConfiguration") or {})


def check_result(result: Members) -> None:
    """Raise InvalidRequestError for a ResultConfiguration that the laptop cloud cannot apply."""
    _only(result, _SUPPORTED)
    encryption = result.get("EncryptionConfiguration") or {}
    option = encryption.get("EncryptionOption")
    if option not in (None, "SSE_S3", "SSE_KMS"):
        raise InvalidRequestError(f"the encryption {option} is not supported by the laptop cloud")
    if option == "SSE_KMS" and not encryption.get("KmsKey"):
        raise InvalidRequestError("EncryptionConfiguration must have a KmsKey for SSE_KMS")


def effective_result(workgroup: Members, request: Members) -> Members:
    """Return the ResultConfiguration of a query. An enforced one replaces that of the request."""
    own = workgroup.get("ResultConfiguration") or {}
    found = {**own} if is_enforced(workgroup) else {**own, **request}
    if not found.get("OutputLocation"):
        raise InvalidRequestError(
            "No output location provided. An output location is required either through the "
            "Workgroup result configuration setting or as an API input."
        )
    return found


def is_enforced(workgroup: Members) -> bool:
    """Return whether the settings of the workgroup replace those of the request."""
    return bool(workgroup.get("EnforceWorkGroupConfiguration", True))


def put_parameters(result: Members) -> dict[str, str]:
    """Return the parameters of PutObject for the encryption of a result."""
    encryption = result.get("EncryptionConfiguration") or {}
    option = encryption.get("EncryptionOption")
    if option == "SSE_KMS":
        return {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": encryption["KmsKey"]}
    return {"ServerSideEncryption": "AES256"} if option == "SSE_S3" else {}


def _only(given: Members, known: frozenset[str]) -> None:
    if unknown := sorted(set(given) - known):
        raise InvalidRequestError(
            f"{unknown[0]} is not supported by the laptop cloud; supported: "
            f"{', '.join(sorted(known))}"
        )
