"""moto's IAM back end, with the responses of this package."""

from __future__ import annotations

from typing import Any

from moto.iam.models import IAMBackend


class LaptopIAMBackend(IAMBackend):  # type: ignore[misc]  # moto is untyped here
    """moto's roles and policies."""

    @property
    def _url_module(self) -> Any:
        from local_cloud.authorization.simulation import urls

        return urls
