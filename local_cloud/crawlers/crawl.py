"""One crawl: reads the objects of the targets, finds their tables, and updates the catalogue."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from local_cloud.authorization import check_trust
from local_cloud.context import Cloud
from local_cloud.crawlers.catalog_updates import CatalogUpdates
from local_cloud.crawlers.crawler import Crawler
from local_cloud.crawlers.crawler_requests import SERVICE
from local_cloud.crawlers.errors import CrawlCancelled, CrawlFailed
from local_cloud.crawlers.file_classifiers import classified
from local_cloud.crawlers.file_schema import FileSchema, merged
from local_cloud.crawlers.table_folders import DataFolder, FoundTable, find_tables
from local_cloud.lake_tables.table_rows import is_hidden
from local_cloud.sagemaker.role_session import RoleSession


@dataclass
class Crawl:
    """A crawl with the permissions of the crawler's role. `stopped` is set to cancel it."""

    cloud: Cloud
    crawler: Crawler
    stopped: threading.Event
    messages: list[str] = field(default_factory=list)

    @cached_property
    def session(self) -> RoleSession:
        """The session of the role."""
        return RoleSession(self.cloud, self.crawler.role_arn, name="AWS-Crawler")

    def run(self) -> None:
        """Perform the crawl. Raises CrawlFailed, CrawlCancelled, ClientError."""
        crawler = self.crawler
        check_trust(crawler.role_arn, SERVICE)
        tables = [table for path in crawler.paths for table in self._tables(path)]
        limit = crawler.output.table_limit
        if limit is not None and len(tables) > limit:
            raise CrawlFailed(f"found {len(tables)} tables; TableThreshold allows {limit}")
        updates = CatalogUpdates(crawler, self.session.client("glue"), self.messages.append)
        updates.apply(tables)

    def _tables(self, path: str) -> list[FoundTable]:
        folders: dict[str, list[FileSchema]] = {}
        for uri, content in self._objects(path):
            folders.setdefault(uri.rpartition("/")[0] + "/", []).append(classified(uri, content))
        found = [DataFolder(uri, merged(files, uri)) for uri, files in folders.items()]
        return find_tables(path, found, self.crawler.output)

    def _objects(self, path: str) -> Iterator[tuple[str, bytes]]:
        """Yield the URI and the bytes of each object with data below a target."""
        s3: Any = self.session.client("s3")
        bucket, _, prefix = path.removeprefix("s3://").partition("/")
        pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for found in (each for page in pages for each in page.get("Contents", ())):
            if self.stopped.is_set():
                raise CrawlCancelled
            uri = f"s3://{bucket}/{found['Key']}"
            if found["Size"] and not is_hidden(uri):
                yield uri, s3.get_object(Bucket=bucket, Key=found["Key"])["Body"].read()
