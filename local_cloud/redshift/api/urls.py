"""The URLs of the Data API, in the format of moto."""

from __future__ import annotations

from local_cloud.redshift.api.responses import DataApiResponse

url_bases = [r"https?://redshift-data\.(.+)\.amazonaws\.com"]
url_paths = {"{0}/$": DataApiResponse.dispatch}
