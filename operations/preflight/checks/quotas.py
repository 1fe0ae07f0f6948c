"""The quotas must be sufficient for a deployment and a blue/green update of every endpoint.

Source: https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html
"""

from __future__ import annotations

from collections.abc import Iterator

from operations.preflight.check import Account, Check, Result
from operations.preflight.needed_quotas import Need, needed_quotas


def _run(account: Account) -> Iterator[Result]:
    limits: dict[str, dict[str, float]] = {}
    for need in needed_quotas(account):
        if need.service not in limits:
            limits[need.service] = _limits(account, need.service)
        yield _result(need, limits[need.service].get(need.quota))


def _limits(account: Account, service: str) -> dict[str, float]:
    """Return the value of each quota of a service, by name."""
    found = account.aws.list_all(
        "service-quotas", "list_service_quotas", "Quotas", ServiceCode=service
    )
    return {quota["QuotaName"]: quota["Value"] for quota in found}


def _result(need: Need, limit: float | None) -> Result:
    request = f"request an increase of the quota {need.quota!r} of {need.service} in Service Quotas"
    if limit is None:
        found = f"Service Quotas lists no quota of this name; {need.user} needs {need.number}"
        return need.quota, "not checked", found, f"look the quota up in the console; {request}"
    used = f", {need.used} are used by others" if need.used else ""
    found = f"{limit:g}; {need.user} needs {need.number}{used}"
    if need.number + need.used > limit:
        return need.quota, "fails", found, request
    return need.quota, "ok", found, ""


CHECK = Check("quotas", _run)
