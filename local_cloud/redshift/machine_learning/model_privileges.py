"""GRANT and REVOKE of the privilege CREATE MODEL, which belongs to no object.

https://docs.aws.amazon.com/redshift/latest/dg/r_GRANT.html, "Granting machine learning permissions"
"""

from __future__ import annotations

from local_cloud.redshift.access_control import Grant
from local_cloud.redshift.machine_learning.models import CLUSTER, CREATE_MODEL
from local_cloud.redshift.session import Session, StatementOutcome
from local_cloud.redshift.sql.privileges import read_grantees
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.statement_errors import StatementFailed


def grant_create_model(session: Session, reader: Reader) -> StatementOutcome:
    """Run GRANT CREATE MODEL TO users, groups, roles or PUBLIC."""
    reader.expect("GRANT", "CREATE", "MODEL", "TO")
    session.access = session.access.with_grants(_grants(session, reader))
    return StatementOutcome()


def revoke_create_model(session: Session, reader: Reader) -> StatementOutcome:
    """Run REVOKE CREATE MODEL FROM users, groups, roles or PUBLIC."""
    reader.expect("REVOKE", "CREATE", "MODEL", "FROM")
    session.access = session.access.without_grants(_grants(session, reader))
    return StatementOutcome()


def _grants(session: Session, reader: Reader) -> list[Grant]:
    if not session.access.user(session.user).superuser:
        raise StatementFailed("ERROR: must be superuser to grant CREATE MODEL")
    grantees = read_grantees(session, reader)
    reader.end()
    return [Grant(grantee, CREATE_MODEL, CLUSTER) for grantee in grantees]
