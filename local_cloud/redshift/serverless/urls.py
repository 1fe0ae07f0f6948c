"""The URLs of Redshift Serverless, in the format of moto."""

from __future__ import annotations

from local_cloud.redshift.serverless.responses import ServerlessResponse

url_bases = [r"https?://redshift-serverless\.(.+)\.amazonaws\.com"]
url_paths = {"{0}/$": ServerlessResponse.dispatch}
