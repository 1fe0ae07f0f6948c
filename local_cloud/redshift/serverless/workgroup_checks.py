"""Checks the settings of a workgroup, as AWS does for CreateWorkgroup and UpdateWorkgroup.

Source: Amazon Redshift Management Guide, "Considerations when using Amazon Redshift Serverless" and
"Compute capacity for Amazon Redshift Serverless"; API CreateWorkgroup.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from local_cloud.redshift.serverless.exceptions import ValidationError

_CAPACITIES: tuple[Collection[int], ...] = ((4,), range(8, 513, 8), range(544, 1025, 32))
_PORTS: tuple[Collection[int], ...] = (range(5431, 5456), range(8191, 8216))
_PARAMETERS = (
    "auto_mv",
    "datestyle",
    "enable_case_sensitive_identifier",
    "enable_user_activity_logging",
    "max_query_execution_time",
    "query_group",
    "require_ssl",
    "search_path",
    "use_fips_ssl",
)


def check_workgroup(settings: dict[str, Any], zones: Collection[str]) -> None:
    """Raise ValidationException for an invalid capacity, port, parameter or list of subnets.

    `zones` are the Availability Zones of the subnets.
    """
    capacity, port = settings["baseCapacity"], settings["port"]
    if not any(capacity in allowed for allowed in _CAPACITIES):
        raise ValidationError(
            f"baseCapacity {capacity} is not 4, 8 to 512 in steps of 8, or 512 to 1024 in steps "
            "of 32"
        )
    if not any(port in allowed for allowed in _PORTS):
        raise ValidationError(f"port {port} is not in 5431-5455 or 8191-8215")
    for parameter in settings["configParameters"]:
        if parameter["parameterKey"] not in _PARAMETERS:
            raise ValidationError(
                f"configParameters: {parameter['parameterKey']} is not one of "
                f"{', '.join(_PARAMETERS)}"
            )
    minimum = 3 if settings["enhancedVpcRouting"] else 2
    if settings["subnetIds"] and len(set(zones)) < minimum:
        raise ValidationError(
            f"the subnets are in {', '.join(sorted(set(zones)))}: {minimum} Availability Zones are "
            "needed"
        )
