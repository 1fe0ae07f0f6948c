"""ARNs that contain a name in a parameter of the request."""

from __future__ import annotations

from collections.abc import Callable

from local_cloud.authorization.authorization_request import AuthorizationRequest


def named(service: str, prefix: str, parameter: str) -> Callable[[AuthorizationRequest], list[str]]:
    """Return a function that returns `arn:…:service:…:prefix<name>` for a request.

    The value of the request's parameter is a name or an ARN.
    """

    def find(request: AuthorizationRequest) -> list[str]:
        given = request.parameter(parameter)
        if not isinstance(given, str):
            return []
        return [given if given.startswith("arn:") else request.arn(service, prefix + given)]

    return find
