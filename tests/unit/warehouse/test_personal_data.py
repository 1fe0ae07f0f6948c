"""Personal data is read only by pipelines that declare it."""

from __future__ import annotations

import pytest

from warehouse.personal_data import PersonalDataError, personal_columns
from warehouse.rights import Reader, derived_rights
from warehouse.schema import Migration, read_migrations
from warehouse.tables import tables_after

MAIL = '["public.users"]\nemail = "the newsletter"\n'


@pytest.fixture
def derive(tmp_path):
    """Derive the rights of a pipeline with a query and the text of its personal_data.toml."""

    def run(query, declared=None):
        if declared is not None:
            (tmp_path / "personal_data.toml").write_text(declared)
        reader = Reader(
            pipeline="mail",
            user="reader",
            role="readers",
            queries={"Extract": query},
            folder=tmp_path,
        )
        (rights,) = derived_rights([reader], read_migrations())
        return rights.columns

    return run


def test_other_columns_of_the_table_need_no_declaration(derive):
    assert derive("SELECT userid, likejazz FROM users") == {
        ("public", "users"): ("likejazz", "userid")
    }


def test_an_undeclared_column_is_rejected_with_what_to_write(derive):
    with pytest.raises(PersonalDataError) as rejected:
        derive("SELECT u.email FROM users u")
    message = str(rejected.value)
    assert "mail: the query of the step Extract reads public.users.email" in message
    assert '["public.users"] email = "why the pipeline needs it"' in message


def test_a_star_is_rejected_with_every_column(derive):
    with pytest.raises(PersonalDataError) as rejected:
        derive("SELECT * FROM users", MAIL)
    assert "public.users.firstname, public.users.lastname" in str(rejected.value)
    assert "users.email" not in str(rejected.value)
    assert "name the columns instead of *" in str(rejected.value)


def test_a_column_that_only_selects_rows_is_read_too(derive):
    with pytest.raises(PersonalDataError, match="users.city"):
        derive("SELECT COUNT(*) FROM users WHERE city = 'Bern'")


def test_a_declared_column_is_granted(derive):
    found = derive("SELECT userid, email FROM users", MAIL)
    assert found == {("public", "users"): ("email", "userid")}


@pytest.mark.parametrize(
    ("declared", "error"),
    [
        ('["public.users"]\nemail = ""\n', "expected"),
        ('"public.users" = ["email"]\n', "expected"),
        ("email", "is not TOML"),
        (f'{MAIL}phone = "calls"\n', "declares public.users.phone, but no query reads it"),
        (f'{MAIL}userid = "an id"\n', "declares public.users.userid, but no query reads it as"),
    ],
)
def test_a_declaration_has_a_reason_and_is_used(derive, declared, error):
    with pytest.raises(PersonalDataError, match=error):
        derive("SELECT userid, email FROM users", declared)


def test_the_list_names_columns_that_exist(tmp_path):
    path = tmp_path / "personal_columns.toml"
    path.write_text('"public.users" = ["mail"]\n')
    with pytest.raises(PersonalDataError, match=r"lists public.users.mail, which no migration"):
        personal_columns(tables_after(read_migrations()), path)


def test_a_view_of_personal_data_is_listed():
    view = ("CREATE VIEW mails AS SELECT userid, email AS address FROM users",)
    migrations = [*read_migrations(), Migration(8, "0008_mails.sql", "", view)]
    with pytest.raises(PersonalDataError, match=r"the view public.mails reads public.users.email"):
        personal_columns(tables_after(migrations))
