"""The URLs of EMR, in the format of moto."""

from __future__ import annotations

from local_cloud.emr.api.responses import ClusterResponses

url_bases = [
    r"https?://(.+)\.elasticmapreduce\.amazonaws.com",
    r"https?://elasticmapreduce\.(.+)\.amazonaws.com",
]
url_paths = {"{0}/$": ClusterResponses.dispatch}
