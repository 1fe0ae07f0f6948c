"""The URLs of Glue, in the format of moto."""

from __future__ import annotations

from moto.glue.urls import url_bases

from local_cloud.crawlers.responses import CrawlerResponses

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": CrawlerResponses.dispatch}
