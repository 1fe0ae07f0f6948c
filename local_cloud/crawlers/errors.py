"""Why a request for a crawler is rejected, or a crawl ends without success."""

from __future__ import annotations

from moto.glue.exceptions import GlueClientError

from local_cloud.errors import LocalCloudError


class InvalidInput(GlueClientError):  # type: ignore[misc]
    """InvalidInputException: the service rejects a value."""

    def __init__(self, message: str) -> None:
        super().__init__("InvalidInputException", message)


class CrawlFailed(LocalCloudError):
    """A crawl failed. The text becomes the ErrorMessage of LastCrawl."""


class CrawlCancelled(LocalCloudError):
    """StopCrawler was called during the crawl."""


def unsupported(what: str) -> CrawlFailed:
    """Return the error for files that the laptop cloud's crawlers cannot describe."""
    return CrawlFailed(f"{what}: the laptop cloud's crawlers do not support this")
