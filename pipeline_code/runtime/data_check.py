"""The job that checks the data of a run against the contract of its pipeline."""

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from pipeline_code.runtime.champion import approved_package, model_package_group
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_contract import Contract, Data, report_on
from pipeline_code.runtime.data_profile import Profile, read_profile
from pipeline_code.runtime.data_rules import RULES
from pipeline_code.runtime.job_clients import client
from pipeline_code.runtime.job_errors import DataError

# The property of a model package with the URI of the profile of its data.
PROFILE_PROPERTY = "data_profile"
# The job's environment variable with the folder of the records that accept data.
ACCEPTED_VARIABLE = "ACCEPTED_DATA_URI"
NO_PROFILE = "no approved version has a profile of its data: only absolute limits were checked"


@dataclass(frozen=True)
class Approved:
    """The approved version that data are compared with."""

    arn: str
    profile: Profile


def check_data(container: Container, contract: Contract) -> None:
    """Compare the input `profile` with the approved version; write the output `contract`.

    It consists of profile.json, and of contract.json with the `verdict`: the data passed, are
    rejected, or are accepted by a record although rules failed. Raises DataError and SettingError.
    """
    registry, storage = (client(name, container.region) for name in ("sagemaker", "s3"))
    current = read_profile(container.processing_input("profile"))
    approved = approved_profile(model_package_group(), registry=registry, storage=storage)
    today = datetime.now(UTC).date()
    data = Data(contract, current, approved.profile if approved else None, today)
    report = report_on(data, RULES)
    record = None
    if report["failed"]:
        record = acceptance(os.environ[ACCEPTED_VARIABLE], report["digest"], storage=storage)
    document = {
        "verdict": _verdict(report, record),
        "rejected_rules": 0 if record else len(report["failed"]),
        "compared_with": approved.arn if approved else NO_PROFILE,
        "accepted": record,
        **report,
    }
    _write(container.processing_output("contract"), document, current)


def approved_profile(group: str, *, registry: Any, storage: Any) -> Approved | None:
    """The profile of the newest approved version of `group`.

    Returns None if no version is approved, or if an earlier release registered it without a
    profile. Raises DataError if the profile cannot be read.
    """
    package = approved_package(group, registry=registry) or {}
    uri = package.get("CustomerMetadataProperties", {}).get(PROFILE_PROPERTY)
    if uri is None:
        return None
    arn = package["ModelPackageArn"]
    try:
        text = storage.get_object(**_location(uri))["Body"].read().decode()
        return Approved(arn, Profile.from_json(text))
    except (ClientError, UnicodeDecodeError, DataError) as error:
        raise DataError(
            f"the profile of the approved version {arn} cannot be read from {uri} ({error}): "
            "restore the object, or reject that version"
        ) from error


def acceptance(folder: str, digest: str, *, storage: Any) -> dict[str, Any] | None:
    """The record in `folder` that accepts the data with this digest, or None.

    The role of the job may only read records; `make accept-data` writes them.
    """
    location = _location(f"{folder}/{digest}.json")
    # S3 answers AccessDenied for an absent object, so the object is listed first.
    found = storage.list_objects_v2(Bucket=location["Bucket"], Prefix=location["Key"])
    if not found.get("Contents"):
        return None
    record: dict[str, Any] = json.load(storage.get_object(**location)["Body"])
    return record


def _verdict(report: dict[str, Any], record: dict[str, Any] | None) -> str:
    if not report["failed"]:
        return "passed"
    return "accepted" if record else "rejected"


def _write(folder: Path, document: dict[str, Any], profile: Profile) -> None:
    (folder / "profile.json").write_text(profile.to_json(), encoding="utf-8")
    text = json.dumps(document, indent=2, allow_nan=False) + "\n"
    (folder / "contract.json").write_text(text, encoding="utf-8")
    shown = ("verdict", "compared_with", "accepted", "failed", "digest")
    print(json.dumps({name: document[name] for name in shown}, indent=2))


def _location(uri: str) -> dict[str, str]:
    bucket, _, key = uri.removeprefix("s3://").partition("/")
    return {"Bucket": bucket, "Key": key}
