"""The back end of Glue: moto's catalogue, and crawlers that really run."""

from __future__ import annotations

import types
from typing import Any, ClassVar

from moto.glue.exceptions import (
    CrawlerAlreadyExistsException,
    CrawlerNotRunningException,
    CrawlerRunningException,
)
from moto.glue.models import GlueBackend

from local_cloud.crawlers.crawl_runner import CrawlRunner
from local_cloud.crawlers.crawler import CRAWL_NEW_FOLDERS, Crawler
from local_cloud.crawlers.crawler_requests import check_crawler, checked_members
from local_cloud.crawlers.errors import InvalidInput
from local_cloud.moto_lock import MOTO


class CrawlerBackend(GlueBackend):  # type: ignore[misc]
    """Crawlers by name. moto's methods find and list them."""

    runner: ClassVar[CrawlRunner | None] = None

    @property
    def _url_module(self) -> types.ModuleType:
        from local_cloud.crawlers import urls

        return urls

    @MOTO.held()
    def add_crawler(self, request: dict[str, Any]) -> None:
        """Create a crawler."""
        tags = request.pop("Tags", None)
        arn = f"arn:aws:glue:{self.region_name}:{self.account_id}:crawler/{request['Name']}"
        crawler = Crawler(checked_members(request), arn)
        check_crawler(crawler)
        if crawler.name in self.crawlers:
            raise CrawlerAlreadyExistsException
        self.crawlers[crawler.name] = crawler
        self.tag_resource(arn, tags)

    @MOTO.held()
    def update_crawler(self, request: dict[str, Any]) -> None:
        """Change a crawler that does not run."""
        crawler = self.idle(request["Name"])
        changed = Crawler({**crawler.request, **checked_members(request)}, crawler.arn)
        check_crawler(changed)
        _check_unchanged_targets(crawler, changed)
        crawler.update(checked_members(request))

    @MOTO.held()
    def delete_crawler(self, name: str) -> None:
        """Delete a crawler that does not run. Its tables remain."""
        crawler = self.idle(name)
        self.tagger.delete_all_tags_for_resource(crawler.arn)
        del self.crawlers[name]

    def start_crawler(self, name: str) -> None:
        """Start a crawl in a thread. Raises CrawlerRunningException while one runs."""
        if not self._runner.start(self.get_crawler(name)):
            raise _running(name)

    def stop_crawler(self, name: str) -> None:
        """Ask a running crawl to end."""
        crawler: Crawler = self.get_crawler(name)
        if self._runner.state(crawler.arn) != "RUNNING":
            raise CrawlerNotRunningException(f"Crawler with name {name} isn't running")
        self._runner.stop(crawler.arn)

    def idle(self, name: str) -> Crawler:
        """Return a crawler that does not run. Raises CrawlerRunningException."""
        crawler: Crawler = self.get_crawler(name)
        if self._runner.state(crawler.arn) != "READY":
            raise _running(name)
        return crawler

    def described(self, crawler: Crawler) -> dict[str, Any]:
        """Return a crawler as GetCrawler does."""
        return crawler.described(self._runner.state(crawler.arn))

    @property
    def _runner(self) -> CrawlRunner:
        assert self.runner is not None  # the server has stopped
        return self.runner


def _check_unchanged_targets(before: Crawler, after: Crawler) -> None:
    """A crawler of new folders cannot get other targets.

    https://docs.aws.amazon.com/glue/latest/dg/incremental-crawls.html
    """
    if after.recrawls == before.recrawls == CRAWL_NEW_FOLDERS and after.targets != before.targets:
        raise InvalidInput(
            f"The S3 targets of the crawler {before.name} cannot be changed with "
            f"{CRAWL_NEW_FOLDERS}: set RecrawlBehavior to CRAWL_EVERYTHING first."
        )


def _running(name: str) -> CrawlerRunningException:
    return CrawlerRunningException(f"Crawler with name {name} has already started")
