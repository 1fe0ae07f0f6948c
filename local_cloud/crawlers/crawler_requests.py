"""Checks the members of CreateCrawler and UpdateCrawler.

Sources: https://docs.aws.amazon.com/glue/latest/webapi/API_CreateCrawler.html and
https://docs.aws.amazon.com/glue/latest/dg/monitor-data-warehouse-schedule.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from local_cloud.authorization import check_trust
from local_cloud.authorization.trust_policies import RoleNotAssumable
from local_cloud.crawlers.crawler import CRAWL_EVERYTHING, CRAWL_NEW_FOLDERS, Crawler
from local_cloud.crawlers.errors import InvalidInput
from local_cloud.crawlers.exclude_patterns import InvalidPattern, regular_expression
from local_cloud.crawlers.output_configuration import InvalidConfiguration
from local_cloud.schedule_expressions import is_rate, problem_with

Request = Mapping[str, Any]
SERVICE = "glue.amazonaws.com"
_MEMBERS = (
    *("Name", "Role", "DatabaseName", "Description", "Targets", "Schedule", "TablePrefix"),
    *("SchemaChangePolicy", "Configuration", "Classifiers", "RecrawlPolicy"),
    *("LineageConfiguration", "LakeFormationConfiguration"),
)
# Member -> the only value that the laptop cloud supports.
_FIXED: Mapping[str, object] = {
    "Classifiers": [],
    "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
    "LakeFormationConfiguration": {"UseLakeFormationCredentials": False},
}
_RECRAWLS = (CRAWL_EVERYTHING, CRAWL_NEW_FOLDERS)
_BEHAVIORS = {
    "UpdateBehavior": ("LOG", "UPDATE_IN_DATABASE"),
    "DeleteBehavior": ("LOG", "DELETE_FROM_DATABASE", "DEPRECATE_IN_DATABASE"),
}
_PATH = re.compile(r"s3://[a-z0-9][a-z0-9.-]+(/.*)?")


def checked_members(request: Request) -> dict[str, Any]:
    """Return the members to store. Raises InvalidInput for an unsupported one."""
    for name, value in request.items():
        if name not in _MEMBERS:
            raise _unsupported(name)
        if name in _FIXED and value and value != _FIXED[name]:
            raise _unsupported(f"{name} {value}")
    return {name: value for name, value in request.items() if name not in _FIXED}


def check_crawler(crawler: Crawler) -> None:
    """Raise InvalidInput unless the crawler can run."""
    request = crawler.request
    _check_targets(request.get("Targets") or {})
    if not request.get("DatabaseName"):
        raise InvalidInput("DatabaseName is required for S3 targets.")
    _check_policy(request.get("SchemaChangePolicy") or {})
    _check_recrawls(crawler)
    _check_schedule(crawler.scheduled_expression)
    try:
        _ = crawler.output
    except InvalidConfiguration as error:
        raise InvalidInput(str(error)) from error
    try:
        check_trust(crawler.role_arn, SERVICE)
    except RoleNotAssumable as error:
        raise InvalidInput(
            f"Service is unable to assume provided role. Please verify role's TrustPolicy: {error}"
        ) from error


def _check_targets(targets: Request) -> None:
    given = [name for name, values in targets.items() if values]
    if others := [name for name in given if name != "S3Targets"]:
        raise _unsupported(f"the target type {others[0]}")
    if not given:
        raise InvalidInput("Targets must have at least one target in S3Targets.")
    for target in targets["S3Targets"]:
        known = ("Path", "Exclusions")
        if more := [name for name, value in target.items() if value and name not in known]:
            raise _unsupported(f"{more[0]} of an S3 target")
        _check_exclusions(target.get("Exclusions") or ())
        if not _PATH.fullmatch(target.get("Path") or ""):
            raise InvalidInput(
                f"The S3 location {target.get('Path')!r} is not valid: write s3://bucket/folder/."
            )


def _check_exclusions(patterns: Sequence[str]) -> None:
    try:
        for each in patterns:
            regular_expression(each)
    except InvalidPattern as error:
        raise InvalidInput(f"Exclusions of an S3 target: {error}.") from error


def _check_recrawls(crawler: Crawler) -> None:
    """Check RecrawlPolicy: a crawl of new folders only never changes tables.

    https://docs.aws.amazon.com/glue/latest/dg/incremental-crawls.html: it forces LOG.
    """
    if crawler.recrawls not in _RECRAWLS:
        raise _unsupported(f"RecrawlPolicy {crawler.recrawls}")
    policy = crawler.request.get("SchemaChangePolicy") or {}
    changing = [name for name, value in policy.items() if value != "LOG"]
    if crawler.recrawls == CRAWL_NEW_FOLDERS and (changing or not policy):
        raise InvalidInput(
            'The SchemaChangePolicy for "Crawl new folders only" Amazon S3 target can have only '
            "LOG DeleteBehavior value and LOG UpdateBehavior value."
        )


def _check_policy(policy: Request) -> None:
    for name, value in policy.items():
        if value not in _BEHAVIORS[name]:
            allowed = ", ".join(_BEHAVIORS[name])
            raise InvalidInput(f"{name} is {value!r}: allowed is one of {allowed}.")


def _check_schedule(expression: str) -> None:
    if not expression:
        return
    problem = "write it as cron(…)" if is_rate(expression) else problem_with(expression)
    if problem is not None:
        raise InvalidInput(f"Invalid schedule expression {expression!r}: {problem}.")


def _unsupported(what: str) -> InvalidInput:
    return InvalidInput(f"The laptop cloud does not support {what} of a crawler.")
