"""The URLs of the SageMaker API, in the format of moto."""

from __future__ import annotations

from moto.sagemaker.urls import url_bases

from local_cloud.sagemaker.api.responses import SageMakerResponses

__all__ = ["url_bases", "url_paths"]

url_paths = {"{0}/$": SageMakerResponses.dispatch}
