"""Models behind /ping and /invocations: what endpoints and transform jobs ask.

`with hosted(cloud, "model", ...) as fleet: fleet.invoke(body, ...)` is all that a user of it needs.
"""

from __future__ import annotations

from local_cloud.sagemaker.hosting.answers import Answer, HostingFailed
from local_cloud.sagemaker.hosting.fleet import FOLDER, Fleet, Placement, hosted

__all__ = ["FOLDER", "Answer", "Fleet", "HostingFailed", "Placement", "hosted"]
