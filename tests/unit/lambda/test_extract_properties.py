"""The database reads every query and every value unchanged (property-based tests)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local_cloud.context import Cloud
from local_cloud.redshift import engine
from local_cloud.redshift.s3.s3_access import S3Access
from local_cloud.redshift.s3.unload_options import read_unload
from local_cloud.redshift.session import Session
from local_cloud.redshift.sql.dialect import tokens
from local_cloud.redshift.sql.word_reader import Reader
from local_cloud.redshift.warehouse import Warehouse

ROLE = "arn:aws:iam::123456789012:role/warehouse"
PREFIX = "s3://lake/unload/tickit/abc123/Extract/"
# Characters with a meaning in SQL, and all others except NUL, which Redshift does not store.
CHARACTERS = st.sampled_from("'\"\\$:;-/*\n\r\t ()%_{}?") | st.characters(
    exclude_characters="\0", exclude_categories=["Cs"]
)
TEXTS = st.text(CHARACTERS, max_size=30)
# Parts of a query: a parameter, and parts in which a colon and a name are not a parameter.
PARAMETER = "(:{})"
NO_PARAMETER = ("' :{} '", '":{}"', "$$ :{} $$", "$t$ :{} $t$", "-- :{}\n", "/* :{} */", "x::{}")
NAMES = st.sampled_from(["day", "since", "until_1"])


@pytest.fixture(scope="module")
def module(load_handler):
    return load_handler("extract").beside.extraction


@pytest.fixture(scope="module")
def read(module):
    """Validate a request with a query and values."""
    fixed = {"execution_id": "abc123", "format": "CSV", "partition_by": "", "parallel": "ON"}

    def make(query, **values):
        given = {f"value_{name}": value for name, value in values.items()}
        arguments = {"query": query, "s3_uri": PREFIX, **fixed, **given}
        return module.Extraction.read(arguments, "lake")

    return make


@pytest.fixture(scope="module")
def rows(tmp_path_factory):
    """Run statements in one session of an empty database. Return the rows of the last one."""
    folder = tmp_path_factory.mktemp("warehouse")
    cloud = Cloud(endpoint="http://localhost:1", state=folder)
    lake = S3Access(cloud, "arn:aws:redshift:us-east-1:123456789012:cluster:redline", list)
    warehouse = Warehouse("redline", folder / "scratch", "admin", "redline")

    def run(*statements, **values):
        session = Session(warehouse, lake, database="redline", user="admin")
        with session.transaction(writes=True):
            outcomes = [engine.run(session, sql, values) for sql in statements]
        session.close()
        page = outcomes[-1].result.page(0)
        return [tuple(next(iter(field.values())) for field in row) for row in page]

    yield run
    warehouse.close()


@given(text=TEXTS)
def test_a_literal_in_the_unloaded_query_keeps_its_value(module, read, rows, text):
    query = f"SELECT {module.quoted(text)} AS text"
    (unload,) = read(query).statements(ROLE)
    options = read_unload(Reader(tokens(unload), unload))
    assert options.query == query
    assert (options.target, options.role_arn) == (PREFIX, ROLE)
    assert rows(options.query) == [(text,)]


@given(text=TEXTS.map(lambda text: f"SELECT 1 /*+*/ {text}"))
def test_any_query_becomes_one_literal_of_one_statement(read, text):
    try:
        (unload,) = read(text).statements(ROLE)
    except ValueError as refusal:
        assert "the query has the parameters" in str(refusal)
        return
    options = read_unload(Reader(tokens(unload), unload))
    assert options.query == text.strip().rstrip(";")
    assert options.role_arn == ROLE


@settings(max_examples=30)
@given(value=TEXTS.filter(bool), other=TEXTS.filter(bool))
def test_bound_values_reach_only_the_query(read, rows, value, other):
    query = "SELECT :since AS since, :until_1 || :since AS both, ':since' AS text"
    *prepared, unload = read(query, since=value, until_1=other).statements(ROLE)
    bound = read_unload(Reader(tokens(unload), unload)).query
    drop = "DROP TABLE bound_values"
    found = rows(*prepared, f"CREATE TEMP TABLE seen AS {bound}", drop, "SELECT * FROM seen",
                 since=value, until_1=other)  # fmt: skip
    assert found == [(value, other + value, ":since")]
    assert value not in ("".join(prepared) + unload) or len(value) < 12


@given(
    pieces=st.lists(
        st.tuples(st.sampled_from([PARAMETER, *NO_PARAMETER]), NAMES), min_size=1, max_size=12
    )
)
def test_only_parameters_are_replaced(read, pieces):
    used = {name for form, name in pieces if form == PARAMETER}
    query = " ".join(form.format(name) for form, name in pieces)
    bound = read(f"SELECT {query} 1", **dict.fromkeys(used, "v")).bound.text
    expected = " ".join(
        f"((SELECT value_{name} FROM bound_values))" if form == PARAMETER else form.format(name)
        for form, name in pieces
    )
    assert bound == f"SELECT {expected} 1"


@pytest.mark.parametrize(
    "piece",
    ["'" + "\\'" * 50_000, "/*" * 50_000, "$a$" * 33_333 + "$b$", '"' * 99_999, "$" * 99_999],
)
def test_a_query_with_unclosed_parts_is_read_in_linear_time(read, piece):
    started = time.monotonic()
    (unload,) = read(f"SELECT {piece}").statements(ROLE)
    assert unload
    assert time.monotonic() - started < 10
