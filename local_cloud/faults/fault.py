"""A fault: its kind, the affected roles, actions and resources, and the number of operations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase

from local_cloud.errors import LocalCloudError

ADMINISTRATOR = "administrator"
RUN_HOST = "laptop:RunHost"
RUN_STATEMENT = "laptop:RunStatement"
DELIVER_EVENT = "laptop:DeliverEvent"
# Kind -> the only action that a fault of this kind can affect; None: any API call.
KINDS: Mapping[str, str | None] = {
    "throttle": None,
    "error": None,
    "slow": None,
    "time_out": None,
    "lost_answer": None,
    "crash": None,
    "kill": RUN_HOST,
    "lost_instance": RUN_HOST,
    "interrupt": RUN_HOST,
    "disk_full": RUN_HOST,
    "abort": RUN_STATEMENT,
    "twice": DELIVER_EVENT,
    "late": DELIVER_EVENT,
}
_LAPTOP_PREFIX = "laptop:"


class InvalidFault(LocalCloudError):
    """The fields of a fault are invalid."""


@dataclass(frozen=True)
class Operation:
    """An operation that has not started yet: an action of a role on resources (ARNs).

    `role` is the name of a role, or `administrator`; `session` identifies one caller of the role.
    """

    action: str
    resources: tuple[str, ...]
    role: str
    session: str = ""


@dataclass(frozen=True)
class Fault:
    """A fault. Action, resource and role are patterns with `*` and `?`, as in policy statements.

    The first `after` matching operations are not affected. The next `times` operations are affected
    (None: all later operations). With `each`, every pair of role and action has its own count.
    `seconds` is the delay of the kinds `slow`, `time_out`, `kill`, `lost_instance`, `interrupt` and
    `late`, and of the second delivery of the kind `twice`. Raises `InvalidFault`.
    """

    kind: str
    action: str = "*"
    resource: str = "*"
    role: str = "*"
    after: int = 0
    times: int | None = 1
    each: bool = False
    seconds: float = 0.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InvalidFault(f"the fault {self.kind!r} must be one of {', '.join(KINDS)}")
        required_action = KINDS[self.kind]
        if required_action and self.action not in ("*", required_action):
            raise InvalidFault(
                f"action is {self.action!r}: the fault {self.kind} affects only {required_action}"
            )
        if not required_action and self.action.startswith(_LAPTOP_PREFIX):
            raise InvalidFault(
                f"action is {self.action!r}: the fault {self.kind} affects calls of an API, such "
                "as redshift-data:ExecuteStatement or s3:*"
            )
        for name, minimum in (("after", 0), ("times", 1), ("seconds", 0)):
            value = getattr(self, name)
            if value is not None and value < minimum:
                raise InvalidFault(f"{name} is {value}: it must be at least {minimum}")

    def fits(self, operation: Operation) -> bool:
        """Return whether the patterns match the operation."""
        return (
            self._fits_action(operation.action)
            and _matches(self.role, operation.role)
            and any(_matches(self.resource, arn) for arn in operation.resources)
        )

    def _fits_action(self, action: str) -> bool:
        required_action = KINDS[self.kind]
        if required_action or action.startswith(_LAPTOP_PREFIX):
            return action == required_action
        return _matches(self.action.lower(), action.lower())


def _matches(pattern: str, text: str) -> bool:
    # Brackets are not wildcards in policies.
    return fnmatchcase(text, pattern.replace("[", "[[]"))
