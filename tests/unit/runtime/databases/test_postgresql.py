"""The job reads a real PostgreSQL: types, memory, and a sentence for each error."""

import datetime as dt
import socket
import tracemalloc
from decimal import Decimal

import pyarrow as pa
import pytest

from pipeline_code.runtime import read_database
from pipeline_code.runtime.job_errors import JobError
from tests.postgres import DATABASE, PASSWORD, USER, running_postgres

UTC = dt.UTC
LOGIN = {"username": USER, "password": PASSWORD}
ROWS = 120_000
TYPES = """
    CREATE TABLE every_type (
        id bigint, small smallint, flag boolean, price numeric(12, 3), ratio double precision,
        single real, name text, code char(3), short varchar(9), day date, at timestamp,
        seen timestamptz
    )
"""


@pytest.fixture(scope="module")
def postgres():
    """A server with a table of every type, and a table of many rows."""
    with running_postgres() as server:
        server.run(
            TYPES,
            "CREATE SEQUENCE numbers",
            "INSERT INTO every_type VALUES (9007199254740993, -3, true, 123456789.125, 0.1, 0.5, "
            "'größer, \"quoted\"', 'abc', '', '2008-02-29', '2008-02-29 23:59:59.123456', "
            "'2008-03-01 01:00:00.5+09')",
            "INSERT INTO every_type (id) VALUES (NULL)",
            "CREATE TABLE many AS SELECT number, number::numeric(9, 2) / 4 AS quarter, "
            f"repeat('x', 200) AS filler FROM generate_series(1, {ROWS}) AS number",
        )
        yield server


@pytest.fixture
def read(postgres, reading):
    """Read a query of the server."""

    def run(sql, *, port=None, secret=LOGIN, settings=None):
        return reading.read(
            sql,
            connector="postgresql",
            port=port or postgres.port,
            secret=secret,
            # The server of the package has no TLS.
            settings={"database": DATABASE, "sslmode": "disable"} | (settings or {}),
        )

    return run


def test_every_type_is_kept(read):
    table = read("SELECT * FROM every_type ORDER BY id;  -- the last one has only NULL")
    assert table.schema.types == [
        *(pa.int64(), pa.int64(), pa.bool_(), pa.decimal128(12, 3), pa.float64(), pa.float64()),
        *(pa.string(), pa.string(), pa.string(), pa.date32()),
        *(pa.timestamp("us"), pa.timestamp("us", "UTC")),
    ]
    first, missing = table.to_pylist()
    assert list(first.values()) == [
        *(9007199254740993, -3, True, Decimal("123456789.125"), 0.1, 0.5),
        *('größer, "quoted"', "abc", "", dt.date(2008, 2, 29)),
        dt.datetime(2008, 2, 29, 23, 59, 59, 123456),
        dt.datetime(2008, 2, 29, 16, 0, 0, 500000, tzinfo=UTC),
    ]
    assert set(missing.values()) == {None}


def test_the_rows_are_those_of_the_table_and_the_memory_is_bounded(read, reading, monkeypatch):
    monkeypatch.setattr(read_database, "ROWS_OF_FILE", 40_000)
    tracemalloc.start()
    try:
        table = read("SELECT number, quarter::numeric(12, 2), filler FROM many ORDER BY number")
        # Python's objects: those of all rows would need more than 40 MB.
        assert tracemalloc.get_traced_memory()[1] < 25e6
    finally:
        tracemalloc.stop()
    assert table["number"].to_pylist() == list(range(1, ROWS + 1))
    assert table["quarter"].to_pylist()[:4] == [Decimal(n) / 4 for n in range(1, 5)]
    assert len(reading.files()) == 3


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("SELECT prize FROM every_type", 'column "prize" does not exist.* correct the query'),
        ("SELECT '\\x00'::bytea AS photo", "column photo has the type bytea.*cast it there"),
        ("SELECT ARRAY[1] AS list", "column list has the type int4.*: allowed are"),
        ("SELECT 1::numeric AS total", "column total has the type numeric.*decimal places"),
        ('SELECT 1 AS a, 2 AS "A"', "several columns a: give each column a name"),
        ("SELECT id FROM every_type WHERE false", "returns no rows of the database orders"),
        ("SELECT FROM every_type", "the query returns no columns: name at least one"),
        ("SELECT 'NaN'::numeric(5, 2) AS price", "row 1 of the query, column price: 'NaN'"),
        ("SELECT 'infinity'::date AS day", "too large.*correct the query"),
        ("DELETE FROM every_type", "cannot run databases/orders.sql: syntax error"),
        ("SELECT nextval('numbers')", "cannot run .*read-only transaction"),
    ],
)
def test_a_query_that_cannot_be_read_is_a_sentence(read, sql, said):
    with pytest.raises(JobError, match=f"(?s){said}"):
        read(sql)


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        ({**LOGIN, "password": "wrong"}, "refused the login: .*password authentication failed"),
        ({"username": USER}, "has the keys username: PostgreSQL needs username and password"),
        ({**LOGIN, "password": None}, "needs username and password, each a text that is not empty"),
        ({**LOGIN, "username": {"name": USER}}, "PostgreSQL needs username and password"),
        ("postgres://", "is not a JSON object"),
        (b"{}", "is not a JSON object"),
        (None, "cannot be read: .*can't find the secret.*create it"),
    ],
)
def test_a_wrong_secret_is_named_and_not_shown(read, secret, said):
    with pytest.raises(JobError, match=said) as error:
        read("SELECT 1 AS one", secret=secret)
    assert PASSWORD not in str(error.value)
    assert "orders-reader-AbCdEf" in str(error.value)


def test_a_database_without_a_route_is_a_sentence(read):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # not listening
        with pytest.raises(JobError, match="cannot be reached: .*refused.*security_group_id"):
            read("SELECT 1 AS one", port=taken.getsockname()[1])


def test_tls_is_required_unless_the_owner_says_otherwise(read):
    with pytest.raises(JobError, match="refused the login: .*SSL"):
        read("SELECT 1 AS one", settings={"sslmode": ""})


def test_a_database_of_another_name_is_a_sentence(read):
    with pytest.raises(JobError, match='refused the login: .*database "other" does not exist'):
        read("SELECT 1 AS one", settings={"database": "other"})
