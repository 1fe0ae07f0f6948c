"""The fault `abort`: a statement that another user or the warehouse aborts."""

from __future__ import annotations

from local_cloud.faults import FAULTS, Operation
from local_cloud.faults.fault import ADMINISTRATOR, RUN_STATEMENT
from local_cloud.redshift.statement_errors import StatementFailed

# What a statement ends with that a rule of the workload management has aborted.
_WORDS = 'ERROR: Query ({pid}) cancelled by WLM abort action of Query Monitoring Rule "laptop"'


def trigger(*, endpoint_arn: str, caller_arn: str, pid: int) -> None:
    """Raise `StatementFailed` when the fault strikes a statement of that caller on that endpoint.

    To be asked after the SQL was run: what it has done is there, and must go.
    """
    if FAULTS.empty:
        return
    kind, name, *session = caller_arn.rpartition(":")[2].split("/")
    role = name if kind == "assumed-role" else ADMINISTRATOR
    operation = Operation(RUN_STATEMENT, (endpoint_arn,), role, "/".join(session))
    if FAULTS.trigger(operation) is not None:
        raise StatementFailed(_WORDS.format(pid=pid))
