"""The ARNs of resources of Studio, most of which contain the id of their domain."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from local_cloud.authorization.authorization_request import AuthorizationRequest
from local_cloud.authorization.named_arns import named

Finder = Callable[[AuthorizationRequest], list[str]]


def _in_domain(kind: str, *members: str) -> Finder:
    def find(request: AuthorizationRequest) -> list[str]:
        names = [str(request.parameter(name) or "*") for name in ("DomainId", *members)]
        return [request.arn("sagemaker", "/".join([kind, *names]))]

    return find


_KINDS: Mapping[str, Finder] = {
    "App": _in_domain("app", "SpaceName", "AppType", "AppName"),
    "Domain": _in_domain("domain"),
    "Space": _in_domain("space", "SpaceName"),
    "StudioLifecycleConfig": named(
        "sagemaker", "studio-lifecycle-config/", "StudioLifecycleConfigName"
    ),
    "UserProfile": _in_domain("user-profile", "UserProfileName"),
}
STUDIO_FINDERS: Mapping[str, Finder] = {
    f"sagemaker:{verb}{kind}": find
    for kind, find in _KINDS.items()
    for verb in ("Create", "Delete", "Describe", "Update")
}
