"""`endpoints`: list the endpoints and the model version that each endpoint serves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from operations.environment_clients import EnvironmentClients
from operations.models.endpoints import EndpointStatus, endpoint_names, endpoint_status
from operations.options import Json
from operations.output import counted, show

HELP = "List the endpoints, the version that each one serves, and failed deployments."
POLICY = "reader"
EXAMPLES = ("redline endpoints", "redline --env prod endpoints --json")
_NONE = "There is no endpoint, and no deployed stack that will have one."


def run(aws: EnvironmentClients, *, as_json: Json = False) -> int:
    """List the endpoints."""
    client = aws.clients("sagemaker")
    found = [endpoint_status(client, name) for name in endpoint_names(aws)]
    text = "\n".join(_lines(found)) or _NONE
    show([asdict(each) for each in found], text=text, as_json=as_json)
    return 0


def _lines(found: list[EndpointStatus]) -> Iterator[str]:
    for each in found:
        if each.status is None:
            yield f"{each.endpoint}: nothing approved yet"
        else:
            instances = counted(each.instances, "instance")
            yield f"{each.endpoint}: {each.status}, {_what(each)}{instances}"
        for package, reason in (each.failures or {}).items():
            yield f"  version {package.rpartition('/')[2]} could not be deployed: {reason}"


def _what(status: EndpointStatus) -> str:
    """Return the text for the version in service, if the app records the version."""
    if status.version is not None:
        return f"version {status.version} answers, "
    return "nothing answers, " if status.status == "Failed" else ""
