"""A crawler: the members of its request, and how its last crawl ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from local_cloud.context import ACCOUNT_ID
from local_cloud.crawlers.output_configuration import OutputConfiguration, output_configuration

LOG_GROUP = "/aws-glue/crawlers"
CRAWL_EVERYTHING, CRAWL_NEW_FOLDERS = "CRAWL_EVERYTHING", "CRAWL_NEW_FOLDERS_ONLY"


@dataclass(frozen=True)
class Target:
    """An S3 target: its path, a folder or an object, and the patterns of excluded objects."""

    path: str
    exclusions: tuple[str, ...] = ()

    @property
    def folder(self) -> str:
        """The path with a slash at its end."""
        return self.path.rstrip("/") + "/"


@dataclass
class Crawler:
    """A crawler. `request` has the members of CreateCrawler without the tags."""

    request: dict[str, Any]
    arn: str
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated: datetime = field(default_factory=lambda: datetime.now(UTC))
    version: int = 1
    last_crawl: dict[str, Any] | None = None
    # The folders that earlier crawls have read; None before the first crawl that succeeded.
    crawled: frozenset[str] | None = None
    # The scheduler evaluates the expression in UTC.
    time_zone: None = None
    state: str = "ENABLED"

    @property
    def name(self) -> str:
        """The name of the crawler."""
        return str(self.request["Name"])

    @property
    def role_arn(self) -> str:
        """The ARN of the role, which a request may give as a name."""
        role = str(self.request["Role"])
        return role if role.startswith("arn:") else f"arn:aws:iam::{ACCOUNT_ID}:role/{role}"

    @property
    def database(self) -> str:
        """The database of the tables."""
        return str(self.request["DatabaseName"])

    @property
    def prefix(self) -> str:
        """The start of the names of the tables."""
        return str(self.request.get("TablePrefix") or "")

    @property
    def targets(self) -> list[Target]:
        """The targets."""
        given = self.request["Targets"]["S3Targets"]
        return [Target(each["Path"], tuple(each.get("Exclusions") or ())) for each in given]

    @property
    def recrawls(self) -> str:
        """CRAWL_EVERYTHING or CRAWL_NEW_FOLDERS_ONLY: what the crawls after the first one read."""
        policy = self.request.get("RecrawlPolicy") or {}
        return str(policy.get("RecrawlBehavior") or CRAWL_EVERYTHING)

    @property
    def update_behavior(self) -> str:
        """LOG or UPDATE_IN_DATABASE."""
        return str(self._policy("UpdateBehavior") or "UPDATE_IN_DATABASE")

    @property
    def delete_behavior(self) -> str:
        """LOG, DELETE_FROM_DATABASE or DEPRECATE_IN_DATABASE."""
        return str(self._policy("DeleteBehavior") or "DEPRECATE_IN_DATABASE")

    @property
    def output(self) -> OutputConfiguration:
        """The parts of Configuration."""
        return output_configuration(self.request.get("Configuration"))

    @property
    def scheduled_expression(self) -> str:
        """The schedule, by the name that the scheduler reads; empty without one."""
        return str(self.request.get("Schedule") or "")

    def update(self, changes: dict[str, Any]) -> None:
        """Replace the members that UpdateCrawler gives. Other targets are crawled as new ones."""
        if changes.get("Targets", self.request["Targets"]) != self.request["Targets"]:
            self.crawled = None
        self.request = {**self.request, **changes}
        self.updated, self.version = datetime.now(UTC), self.version + 1

    def described(self, state: str) -> dict[str, Any]:
        """Return the crawler as GetCrawler does. `state` is READY, RUNNING or STOPPING."""
        described = {
            **{name: value for name, value in self.request.items() if name != "Schedule"},
            "Classifiers": [],
            "RecrawlPolicy": {"RecrawlBehavior": self.recrawls},
            "LineageConfiguration": {"CrawlerLineageSettings": "DISABLE"},
            "SchemaChangePolicy": {
                "UpdateBehavior": self.update_behavior,
                "DeleteBehavior": self.delete_behavior,
            },
            "State": state,
            "CrawlElapsedTime": 0,
            "CreationTime": self.created,
            "LastUpdated": self.updated,
            "Version": self.version,
        }
        if self.scheduled_expression:
            schedule = {"ScheduleExpression": self.scheduled_expression, "State": "SCHEDULED"}
            described["Schedule"] = schedule
        if self.last_crawl is not None:
            described["LastCrawl"] = self.last_crawl
        return described

    def _policy(self, name: str) -> Any:
        return (self.request.get("SchemaChangePolicy") or {}).get(name)
