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
from local_cloud.crawlers.crawler import Crawler
from local_cloud.crawlers.crawler_requests import check_crawler, checked_members


class CrawlerBackend(GlueBackend):  # type: ignore[misc]
    """Crawlers by name. moto's methods find and list them."""

    runner: ClassVar[CrawlRunner | None] = None

    @property
    def _url_module(self) -> types.ModuleType:
        from local_cloud.crawlers import urls

        return urls

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

    def update_crawler(self, request: dict[str, Any]) -> None:
        """Change a crawler that does not run."""
        crawler = self.idle(request["Name"])
        changed = Crawler({**crawler.request, **checked_members(request)}, crawler.arn)
        check_crawler(changed)
        crawler.update(checked_members(request))

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


def _running(name: str) -> CrawlerRunningException:
    return CrawlerRunningException(f"Crawler with name {name} has already started")
