"""Crawlers of AWS Glue: they read files in S3, and create the tables and partitions of these files.

https://docs.aws.amazon.com/glue/latest/dg/add-crawler.html
"""

from __future__ import annotations

from moto.glue.models import glue_backends

from local_cloud.context import Cloud
from local_cloud.crawlers.crawl_runner import CrawlRunner
from local_cloud.crawlers.crawler_backend import CrawlerBackend

__all__ = ["CrawlerBackend", "install", "shutdown"]


def install(cloud: Cloud) -> None:
    """Replace moto's crawlers, which never end and read nothing."""
    shutdown()
    CrawlerBackend.runner = CrawlRunner(cloud)
    glue_backends.backend = CrawlerBackend
    glue_backends.clear()
    CrawlerBackend.runner.start_clock(glue_backends)


def shutdown() -> None:
    """Cancel the running crawls, and wait until they have ended."""
    if CrawlerBackend.runner is not None:
        CrawlerBackend.runner.close()
        CrawlerBackend.runner = None
