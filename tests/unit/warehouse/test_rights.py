"""The users, roles and grants after all migrations, read from the laptop's database."""

from __future__ import annotations

import pytest

from local_cloud.redshift.access_control import Grant
from tests.migrated import access_after_migrations

# The tables that the queries of the included pipelines read.
READ = {"public.date", "public.event", "public.sales", "bank.calls"}


@pytest.fixture(scope="module")
def access(tmp_path_factory):
    """The users, roles and grants after all migrations."""
    return access_after_migrations(tmp_path_factory.mktemp("cloud"))


def granted(access, grantee):
    """Return the direct grants of a grantee: privilege and object, without the database."""
    held = [grant for grant in access.grants if grant.grantee == grantee]
    return {(grant.privilege, ".".join(grant.on[1:])) for grant in held}


def test_pipeline_readers_may_read_the_tables_of_the_pipelines(access):
    tables = {("SELECT", table) for table in READ}
    schemas = {("USAGE", "public"), ("USAGE", "bank")}
    assert granted(access, "role pipeline_readers") >= tables | schemas
    privileges = {privilege for privilege, _ in granted(access, "role pipeline_readers")}
    assert privileges == {"SELECT", "USAGE"}


@pytest.mark.parametrize("table", ["users", "venue", "category", "listing"])
def test_pipelines_may_not_read_a_table_that_no_query_reads(access, table):
    """For example users, with its e-mail addresses and phone numbers."""
    assert not access.allows("pipeline_reader", "SELECT", ("redline", "public", table))


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
