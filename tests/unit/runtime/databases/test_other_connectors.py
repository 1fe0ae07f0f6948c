"""The jobs of Snowflake and Databricks, with drivers that record their calls."""

import datetime as dt
import importlib
import socket
import sys
from decimal import Decimal
from types import ModuleType

import pyarrow as pa
import pytest

from pipeline_code.runtime.databases.connector import Connector
from pipeline_code.runtime.databases.connectors import connectors
from pipeline_code.runtime.job_errors import JobError

AT = dt.datetime(2008, 2, 29, 23, 59, 59, 123456)
SEEN = AT.replace(tzinfo=dt.timezone(dt.timedelta(hours=9)))
DAY = dt.date(2008, 2, 29)
ROW = (3, Decimal("1.250"), 0.5, True, "größer", DAY, AT, SEEN)
MISSING = (None,) * len(ROW)
TYPES = [
    *(pa.int64(), pa.decimal128(12, 3), pa.float64(), pa.bool_(), pa.string(), pa.date32()),
    *(pa.timestamp("us"), pa.timestamp("us", "UTC")),
]
SNOWFLAKE = {"database": "SHOP", "warehouse": "SMALL"}


class Driver(ModuleType):
    """A module of the Python Database API with one result."""

    class Error(Exception):
        """The error of the driver."""

    def __init__(self, name):
        super().__init__(name)
        self.given, self.closed, self.fetched = {}, [], []
        self.description, self.rows, self.error = [], [], None

    def connect(self, **given):
        """Record the parameters."""
        if self.error:
            raise self.Error(self.error)
        self.given = given
        return self

    def cursor(self):
        """Return itself: it is its own connection and cursor."""
        return self

    def execute(self, sql):
        """Record the query."""
        self.sql = sql

    def fetchmany(self, size):
        """Return two rows at most, whatever the size."""
        self.fetched.append(size)
        rows, self.rows = self.rows[:2], self.rows[2:]
        return rows

    def close(self):
        """Record the call."""
        self.closed.append(True)


@pytest.fixture
def driver(monkeypatch):
    """Return a function that installs a driver with the name of a connector."""

    def install(connector):
        name = connectors()[connector].module
        driver = Driver(name)
        package = name.partition(".")[0]
        if package != name:
            monkeypatch.setitem(sys.modules, package, ModuleType(package))
            monkeypatch.setattr(sys.modules[package], name.partition(".")[2], driver, raising=False)
        monkeypatch.setitem(sys.modules, name, driver)
        return driver

    return install


@pytest.fixture
def server():
    """The port of a server that accepts connections."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def described(*types):
    """Return the elements of a description: name, type, two sizes, precision, scale, null_ok."""
    return [
        (f"c{n}", kind, None, None, precision, scale, True)
        for n, (kind, precision, scale) in enumerate(types)
    ]


def plain(*kinds):
    return [(kind, None, None) for kind in kinds]


def test_snowflake_is_read_with_a_private_key(driver, reading, server):
    module = driver("snowflake")
    module.description = described((0, 38, 0), (0, 12, 3), *plain(1, 13, 2, 3, 8, 7))
    module.rows = [ROW, MISSING, ROW]
    table = reading.read(
        "SELECT …",
        connector="snowflake",
        port=server,
        settings={**SNOWFLAKE, "role": "READER"},
        secret={"username": "reader", "private_key": "MII=", "comment": "not a parameter"},
    )
    assert table.schema.types == TYPES
    assert [tuple(row.values()) for row in table.to_pylist()] == [ROW, MISSING, ROW]
    assert module.given == {
        "account": "127.0.0.1",
        "host": "127.0.0.1",
        "port": server,
        "user": "reader",
        "private_key": "MII=",
        "login_timeout": 60,
        "session_parameters": {"TIMEZONE": "UTC", "CLIENT_TELEMETRY_ENABLED": False},
        **SNOWFLAKE,
        "role": "READER",
    }
    assert module.closed == [True, True]
    assert set(module.fetched) == {2**14}


def test_an_empty_key_of_the_secret_is_no_way_to_log_in(driver, reading, server):
    module = driver("snowflake")
    module.description, module.rows = described((0, 38, 0)), [(1,)]
    reading.read(
        "SELECT …",
        connector="snowflake",
        port=server,
        settings=SNOWFLAKE,
        secret={"username": "reader", "password": "x", "private_key": ""},
    )
    assert module.given["password"] == "x"
    assert "private_key" not in module.given


def test_databricks_is_read_through_its_own_connection(driver, reading, server):
    module = driver("databricks")
    kinds = ("double", "boolean", "string", "date", "timestamp")
    module.description = described(("bigint", None, None), ("decimal", 12, 3), *plain(*kinds))
    module.rows = [(*ROW[:6], SEEN), MISSING[:7]]
    table = reading.read(
        "SELECT …",
        connector="databricks",
        port=server,
        settings={"http_path": "/sql/1.0/warehouses/a1"},
        secret={"access_token": "dapi"},
    )
    assert table.schema.types == [*TYPES[:6], TYPES[7]]
    assert [tuple(row.values()) for row in table.to_pylist()] == [(*ROW[:6], SEEN), MISSING[:7]]
    assert module.given["use_cloud_fetch"] is False
    assert module.given["access_token"] == "dapi"
    assert module.given["http_path"] == "/sql/1.0/warehouses/a1"
    assert not {"catalog", "schema"} & set(module.given)


@pytest.mark.parametrize(
    ("connector", "kind", "shown"),
    [
        *(
            ("snowflake", code, name)
            for code, name in ((5, "VARIANT"), (11, "BINARY"), (12, "TIME"))
        ),
        ("snowflake", 99, "number 99"),
        *(("databricks", name, name) for name in ("binary", "array", "struct", "variant")),
    ],
)
def test_a_column_of_another_type_is_refused_by_name(
    driver, reading, server, connector, kind, shown
):
    module = driver(connector)
    module.description = described((kind, None, None))
    settings = {"snowflake": SNOWFLAKE, "databricks": {"http_path": "/sql"}}[connector]
    secret = {"username": "reader", "password": "x", "access_token": "x"}
    with pytest.raises(JobError, match=f"column c0 has the type {shown}: allowed are"):
        reading.read("", connector=connector, port=server, settings=settings, secret=secret)


def test_an_integer_that_needs_more_than_64_bits_is_a_sentence(driver, reading, server):
    module = driver("snowflake")
    module.description, module.rows = described((0, 38, 0)), [(1,), (10**30,)]
    with pytest.raises(JobError, match=r"row 2 of the query, column c0: '1000.*int64"):
        reading.read(
            "",
            connector="snowflake",
            port=server,
            settings=SNOWFLAKE,
            secret={"username": "reader", "password": "x"},
        )


def test_a_refused_login_names_the_secret(driver, reading, server):
    driver("databricks").error = "Error during request to server:\n  Invalid access token."
    with pytest.raises(JobError, match="refused the login: Error .* server: Invalid access token"):
        reading.read(
            "",
            connector="databricks",
            port=server,
            settings={"http_path": "/sql"},
            secret={"access_token": "expired"},
        )


@pytest.mark.parametrize("name", sorted(connectors()))
def test_a_connector_is_one_file(name):
    module = importlib.import_module(f"pipeline_code.runtime.databases.connectors.{name}")
    assert isinstance(module.CONNECTOR, Connector)
    assert module.CONNECTOR is connectors()[name]


def test_a_job_without_the_driver_says_what_to_add(reading, server, monkeypatch):
    monkeypatch.setitem(sys.modules, "snowflake.connector", None)
    with pytest.raises(JobError, match="no package snowflake-connector-python .*requirements.txt"):
        reading.read("", connector="snowflake", port=server, settings=SNOWFLAKE, secret={})
