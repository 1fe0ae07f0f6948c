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
from local_cloud.crawlers.crawler import CRAWL_NEW_FOLDERS, Crawler, Target
from local_cloud.crawlers.crawler_requests import SERVICE
from local_cloud.crawlers.errors import CrawlCancelled, CrawlFailed
from local_cloud.crawlers.exclude_patterns import excluded
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
        updates = CatalogUpdates(crawler, self.session.client("glue"), self.messages.append)
        # Every folder that this crawl has listed.
        listed: set[str] = set()
        if crawler.recrawls == CRAWL_NEW_FOLDERS and crawler.crawled is not None:
            targets = crawler.targets
            new = [each for target in targets for each in self._folders(target, listed)]
            updates.add_partitions(new)
        else:
            updates.apply(self._tables(listed))
        crawler.crawled = frozenset(listed)

    def _tables(self, listed: set[str]) -> list[FoundTable]:
        tables: list[FoundTable] = []
        for target in self.crawler.targets:
            folders = self._folders(target, listed)
            if [each.uri for each in folders] == [target.path]:
                tables.append(FoundTable(target.path, folders[0].schema, (), ()))
            else:
                tables += find_tables(target.folder, folders, self.crawler.output)
        limit = self.crawler.output.table_limit
        if limit is not None and len(tables) > limit:
            raise CrawlFailed(f"found {len(tables)} tables; TableThreshold allows {limit}")
        return tables

    def _folders(self, target: Target, listed: set[str]) -> list[DataFolder]:
        """Return the folders of a target that are to be crawled, or the target if it is an object.

        Adds all folders, also those that are not crawled, to `listed`.
        """
        folders: dict[str, list[FileSchema]] = {}
        for uri, content in self._objects(target, listed):
            folder = uri if uri == target.path else _folder(uri)
            folders.setdefault(folder, []).append(classified(uri, content))
        return [DataFolder(uri, merged(files, uri)) for uri, files in folders.items()]

    def _objects(self, target: Target, listed: set[str]) -> Iterator[tuple[str, bytes]]:
        """Yield the URI and the bytes of each object with data of a target."""
        s3: Any = self.session.client("s3")
        for uri in self._uris(s3, target):
            if self.stopped.is_set():
                raise CrawlCancelled
            listed.add(_folder(uri))
            if self._is_new(uri):
                bucket, _, key = uri.removeprefix("s3://").partition("/")
                yield uri, s3.get_object(Bucket=bucket, Key=key)["Body"].read()

    def _uris(self, s3: Any, target: Target) -> list[str]:
        below = [uri for uri in _objects_with_data(s3, target.folder) if not _is_out(uri, target)]
        if below or target.path.endswith("/"):
            return below
        # A target may also be one object: "bucket-name/folder-name/file-name.ext" of
        # https://docs.aws.amazon.com/glue/latest/dg/define-crawler-choose-data-sources.html
        return [uri for uri in _objects_with_data(s3, target.path) if uri == target.path]

    def _is_new(self, uri: str) -> bool:
        known = self.crawler.crawled
        if self.crawler.recrawls != CRAWL_NEW_FOLDERS or known is None:
            return True
        return _folder(uri) not in known


def _objects_with_data(s3: Any, start: str) -> Iterator[str]:
    """Yield the URIs with this start of the objects that are not empty or hidden."""
    bucket, _, prefix = start.removeprefix("s3://").partition("/")
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    for found in (each for page in pages for each in page.get("Contents", ())):
        uri = f"s3://{bucket}/{found['Key']}"
        if found["Size"] and not is_hidden(uri):
            yield uri


def _is_out(uri: str, target: Target) -> bool:
    return excluded(uri.removeprefix(target.folder), target.exclusions)


def _folder(uri: str) -> str:
    return uri.rpartition("/")[0] + "/"
