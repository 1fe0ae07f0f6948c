"""The URLs of Athena, in the format of moto."""

from __future__ import annotations

from local_cloud.athena.api.responses import QueryResponses

url_bases = [r"https?://athena\.(.+)\.amazonaws\.com"]
url_paths = {"{0}/$": QueryResponses.dispatch}
