"""The operations of the IAM API that moto does not have."""

from __future__ import annotations

import re

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam.responses import IamResponse

from local_cloud.authorization.simulation.principal_policy import simulate

_ENTITY = re.compile(r"arn:aws:iam::\d{12}:(role|user|group)/.+")
_SUPPORTED = frozenset(
    {"Action", "Version", "PolicySourceArn", "ActionNames", "ResourceArns", "MaxItems", "Marker"}
)


class NoSuchEntity(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The error NoSuchEntity of IAM."""

    code = "NoSuchEntity"


class InvalidInput(ServiceException):  # type: ignore[misc]  # moto is untyped here
    """The service's `InvalidInput`."""

    code = "InvalidInput"


class LaptopIamResponse(IamResponse):  # type: ignore[misc]  # moto is untyped here
    """moto's operations of IAM, with the simulation of policies."""

    def simulate_principal_policy(self) -> ActionResult:
        """Perform SimulatePrincipalPolicy for a role, with all results in one page."""
        further = sorted(set(self.params) - _SUPPORTED)
        if further:
            raise NotImplementedError(f"it does not simulate {', '.join(further)}")
        arn = self.params["PolicySourceArn"]
        entity = _ENTITY.fullmatch(arn)
        if entity is None:
            raise InvalidInput(f"Invalid Entity Arn: {arn} does not name a user, group or role.")
        if entity[1] != "role":
            raise NotImplementedError("it simulates only roles")
        resources = self.params.get("ResourceArns") or ["*"]
        try:
            results = list(simulate(arn, self.params["ActionNames"], resources))
        except KeyError as error:
            raise NoSuchEntity(f"The role with ARN {arn} cannot be found.") from error
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})
