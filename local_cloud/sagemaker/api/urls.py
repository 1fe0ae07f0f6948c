"""The URL of the SageMaker API, routed to the responses of this package."""

from __future__ import annotations

from moto.sagemaker.urls import url_bases

from local_cloud.sagemaker.api.responses import SageMakerResponses

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": SageMakerResponses.dispatch}
