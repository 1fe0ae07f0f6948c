"""Runs crawls in threads, at a request or on the schedules of the crawlers."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from botocore.exceptions import BotoCoreError, ClientError

from local_cloud.context import ACCOUNT_ID, Cloud
from local_cloud.crawlers.crawl import Crawl
from local_cloud.crawlers.crawl_log import write_log
from local_cloud.crawlers.crawler import LOG_GROUP, Crawler
from local_cloud.crawlers.errors import CrawlCancelled, CrawlFailed
from local_cloud.errors import LocalCloudError
from local_cloud.events.rule_scheduler import RuleScheduler
from local_cloud.persistence.changes import CHANGES

logger = logging.getLogger(__name__)
_CRAWLS_AT_ONCE = 4


@dataclass
class _Running:
    started: datetime
    prefix: str = field(default_factory=lambda: str(uuid4()))
    stopped: threading.Event = field(default_factory=threading.Event)


class CrawlRunner:
    """The running crawls of a cloud by the ARN of their crawler. They end with the server.

    `clock` starts the crawlers that have a schedule.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self._running: dict[str, _Running] = {}
        self._change = threading.Lock()
        self._workers = ThreadPoolExecutor(_CRAWLS_AT_ONCE, thread_name_prefix="crawl")
        self.clock: RuleScheduler | None = None

    def start_clock(self, backends: Any) -> None:
        """Start the crawlers of these back ends (account, region) when they are due."""

        def crawlers() -> list[Crawler]:
            return list(backends[ACCOUNT_ID][self._cloud.region].crawlers.values())

        self.clock = RuleScheduler(rules=crawlers, fire=lambda crawler, _: self.start(crawler))
        self.clock.start()

    def close(self) -> None:
        """Cancel the running crawls and wait for their end."""
        if self.clock is not None:
            self.clock.stop()
        with self._change:
            for running in self._running.values():
                running.stopped.set()
        self._workers.shutdown(cancel_futures=True)

    def state(self, arn: str) -> str:
        """Return READY, RUNNING or STOPPING."""
        running = self._running.get(arn)
        if running is None:
            return "READY"
        return "STOPPING" if running.stopped.is_set() else "RUNNING"

    def start(self, crawler: Crawler) -> bool:
        """Start a crawl. Return False, without a start, while one runs."""
        with self._change:
            if crawler.arn in self._running:
                return False
            self._running[crawler.arn] = _Running(datetime.now(UTC))
            self._workers.submit(self._run, crawler, self._running[crawler.arn])
            return True

    def stop(self, arn: str) -> None:
        """Ask a crawl to end."""
        with self._change:
            if arn in self._running:
                self._running[arn].stopped.set()

    def _run(self, crawler: Crawler, running: _Running) -> None:
        crawl = Crawl(self._cloud, crawler, running.stopped)
        end: Mapping[str, str] = {"Status": "SUCCEEDED"}
        try:
            crawl.run()
        except CrawlCancelled:
            end = {"Status": "CANCELLED"}
        except (CrawlFailed, LocalCloudError, ClientError, BotoCoreError) as error:
            end = {"Status": "FAILED", "ErrorMessage": str(error)}
        except Exception as error:  # boundary of a thread: no caller waits for the result
            logger.exception("the crawl of %s failed", crawler.name)
            message = f"Internal Service Exception: {type(error).__name__}: {error}"
            end = {"Status": "FAILED", "ErrorMessage": message}
        self._end(crawler, running, end, crawl)

    def _end(
        self, crawler: Crawler, running: _Running, end: Mapping[str, str], crawl: Crawl
    ) -> None:
        try:
            write_log(crawl.session, crawler.name, running.prefix, [*crawl.messages, str(end)])
        finally:
            crawler.last_crawl = {
                **end,
                "LogGroup": LOG_GROUP,
                "LogStream": crawler.name,
                "MessagePrefix": running.prefix,
                "StartTime": running.started,
            }
            with self._change:
                del self._running[crawler.arn]
            CHANGES.mark("glue")
