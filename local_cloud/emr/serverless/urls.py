"""The URLs of EMR Serverless, in the format of moto."""

from __future__ import annotations

from local_cloud.emr.serverless.responses import ServerlessResponses

url_bases = [r"https?://emr-serverless\.(.+)\.amazonaws\.com"]
_APPLICATION = "{0}/applications/(?P<applicationId>[^/]+)"
url_paths = {
    path: ServerlessResponses.dispatch
    for path in (
        *("{0}/applications$", f"{_APPLICATION}$", f"{_APPLICATION}/start$"),
        *(f"{_APPLICATION}/stop$", f"{_APPLICATION}/jobruns$"),
        f"{_APPLICATION}/jobruns/(?P<jobRunId>[^/]+)$",
    )
}
