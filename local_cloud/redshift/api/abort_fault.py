"""The fault `abort`: aborts a statement, as a query monitoring rule does."""

from __future__ import annotations

from local_cloud.faults import FAULTS, Operation
from local_cloud.faults.fault import ADMINISTRATOR, RUN_STATEMENT
from local_cloud.redshift.statement_errors import StatementFailed

# The error of a statement that a query monitoring rule has aborted.
_WORDS = 'ERROR: Query ({pid}) cancelled by WLM abort action of Query Monitoring Rule "laptop"'


def trigger(*, endpoint_arn: str, caller_arn: str, pid: int) -> None:
    """Raise `StatementFailed` if a fault affects this caller's statement on this endpoint.

    Call this after the SQL has run, so that there are changes to roll back.
    """
    if FAULTS.empty:
        return
    kind, name, *session = caller_arn.rpartition(":")[2].split("/")
    role = name if kind == "assumed-role" else ADMINISTRATOR
    operation = Operation(RUN_STATEMENT, (endpoint_arn,), role, "/".join(session))
    if FAULTS.trigger(operation) is not None:
        raise StatementFailed(_WORDS.format(pid=pid))
