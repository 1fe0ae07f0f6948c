"""Any text, name, comment or number has the same meaning as in Redshift."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_cloud.context import Cloud
from local_cloud.redshift import engine
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.dialect import placeholders, tokens
from local_cloud.redshift.sql.parsing import parse
from local_cloud.redshift.statement_errors import StatementFailed
from local_cloud.redshift.warehouse import Warehouse

# Characters with a meaning in SQL, and all other characters. Redshift's texts cannot contain NUL.
SIGNS = st.sampled_from("'\"\\$:;-/*\n\r\t ()%_{}?,.") | st.characters(
    exclude_characters="\0", exclude_categories=["Cs"]
)
TEXTS = st.text(SIGNS, max_size=20)
NAMES = st.text(SIGNS, min_size=1, max_size=12)


def literal(text):
    """Return a text as a Redshift literal, in which the backslash is an escape character."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def in_lower_case(text):
    """Return a name in lower case, as Redshift does: ASCII letters only."""
    return "".join(sign.lower() if sign.isascii() else sign for sign in text)


def name(text):
    return '"' + text.replace('"', '""') + '"'


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A function that runs a statement in an empty database and returns the result."""
    folder = tmp_path_factory.mktemp("warehouse")
    cloud = Cloud(endpoint="http://localhost:1", state=folder)
    lake = S3Access(cloud, "arn:aws:redshift:us-east-1:123456789012:cluster:redline", list)
    warehouse = Warehouse("redline", folder / "scratch", "admin", "redline")
    session = Session(warehouse, lake, database="redline", user="admin")

    def ask(sql, **values):
        with session.transaction(writes=False):
            return engine.run(session, sql, values).result

    yield ask
    session.close()
    warehouse.close()


def rows(result):
    return [tuple(next(iter(field.values())) for field in row) for row in result.page(0)]


@settings(max_examples=60)
@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_texts_are_texts(run, texts):
    listed = ", ".join(f"{literal(text)} AS t{n}" for n, text in enumerate(texts))
    assert rows(run(f"SELECT {listed}")) == [tuple(texts)]


@settings(max_examples=60)
@given(given_name=NAMES, text=TEXTS)
def test_names_are_names_in_lower_case(run, given_name, text):
    quoted = name(given_name)
    found = run(f"SELECT s.{quoted} FROM (SELECT {literal(text)} AS {quoted}) AS s")
    assert rows(found) == [(text,)]
    assert [column.name for column in found.columns] == [in_lower_case(given_name)]


@settings(max_examples=60)
@given(inside=TEXTS, until_line_end=TEXTS, value=st.integers(-(2**31), 2**31 - 1))
def test_comments_say_nothing(run, inside, until_line_end, value):
    inside = inside.replace("*", "+").replace("/", "+")
    until_line_end = until_line_end.replace("\n", " ").replace("\r", " ")
    sql = f"/*{inside}*/ SELECT --{until_line_end}\n {value} /* :x */ AS v --{until_line_end}"
    assert rows(run(sql)) == [(value,)]
    assert placeholders(tokens(sql)) == set()


@settings(max_examples=60)
@given(
    whole=st.integers(-(2**63) + 1, 2**63 - 1),
    exact=st.decimals(-(10**12), 10**12, places=4),
    near=st.floats(allow_nan=False, allow_infinity=False, width=32),
)
def test_numbers_are_numbers(run, whole, exact, near):
    sql = f"SELECT {whole}::bigint AS a, {exact:f}::decimal(18,4) AS b, {near!r}::float8 AS c"
    ((a, b, c),) = rows(run(sql))
    assert (a, Decimal(b), c) == (whole, exact, near)


@settings(max_examples=60)
@given(text=TEXTS.filter(bool))
def test_bound_values_are_values(run, text):
    assert rows(run("SELECT :v AS v, ':v' || :v AS w", v=text)) == [(text, ":v" + text)]


@given(text=TEXTS)
def test_any_text_is_a_statement_or_is_refused(run, text):
    for sql in (text, f"SELECT {text}", f"SELECT 1 AS a FROM {text}", f"UNLOAD {text}"):
        try:
            run(sql)
        except StatementFailed as refusal:
            assert refusal.message.startswith(("ERROR: ", "FATAL: "))


@settings(max_examples=60)
@given(text=TEXTS, other=NAMES)
def test_a_statement_reads_the_same_when_it_is_written_again(text, other):
    sql = f"SELECT {literal(text)} AS {name(other)} FROM sales WHERE note = {literal(text)}"
    once = parse(sql)
    assert parse(once.sql("redshift")) == once
