"""The users, roles and grants after all migrations, read from the laptop's database."""

from __future__ import annotations

import pytest

from local_cloud.context import Cloud
from local_cloud.redshift import engine
from local_cloud.redshift.access_control import Grant
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.session import Session
from local_cloud.redshift.warehouse import Warehouse
from warehouse.schema import read_migrations

TICKIT = {"users", "venue", "category", "date", "event", "listing", "sales"}


@pytest.fixture(scope="module")
def access(tmp_path_factory):
    """The users, roles and grants after all migrations."""
    folder = tmp_path_factory.mktemp("cloud")
    lake = S3Access(Cloud(endpoint="http://localhost:1", state=folder), "arn", list)
    warehouse = Warehouse("redline-test", folder / "scratch", "admin", "redline")
    for migration in read_migrations():
        session = Session(warehouse, lake, database="redline", user="admin")
        with session.transaction(writes=True):
            for statement in migration.statements:
                engine.run(session, statement, {})
        session.close()
    yield warehouse.access
    warehouse.close()


def granted(access, grantee):
    """Return the direct grants of a grantee: privilege and object, without the database."""
    held = [grant for grant in access.grants if grant.grantee == grantee]
    return {(grant.privilege, ".".join(grant.on[1:])) for grant in held}


def test_pipeline_readers_may_read_the_tables_of_the_pipelines(access):
    tables = {("SELECT", f"public.{table}") for table in TICKIT} | {("SELECT", "bank.calls")}
    schemas = {("USAGE", "public"), ("USAGE", "bank")}
    assert granted(access, "role pipeline_readers") >= tables | schemas
    privileges = {privilege for privilege, _ in granted(access, "role pipeline_readers")}
    assert privileges == {"SELECT", "USAGE"}


def test_the_user_of_the_pipelines_may_only_read(access):
    user = access.user("pipeline_reader")
    assert (user.password, user.superuser) == (None, False)
    privileges = {privilege for privilege, _ in granted(access, "user pipeline_reader")}
    assert privileges <= {"SELECT", "USAGE"}
    assert access.held_roles("user pipeline_reader") == {"role pipeline_readers"}
    assert access.allows("pipeline_reader", "SELECT", ("redline", "public", "sales"))
    assert not access.allows("pipeline_reader", "INSERT", ("redline", "public", "sales"))


def test_users_cannot_create_tables_in_the_schema_public(access):
    assert Grant("public", "CREATE", ("redline", "public")) not in access.grants
    assert not access.allows("pipeline_reader", "CREATE", ("redline", "public"))
