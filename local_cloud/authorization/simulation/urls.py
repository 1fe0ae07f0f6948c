"""The URLs of the IAM API, in the format of moto."""

from __future__ import annotations

from moto.iam.urls import url_bases

from local_cloud.authorization.simulation.responses import LaptopIamResponse

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": LaptopIamResponse.dispatch}
