"""The states of a query, without a laptop cloud."""

from __future__ import annotations

import io

import pyarrow as pa
import pytest

from local_cloud.athena.api.exceptions import InvalidRequestError
from local_cloud.athena.api.query_execution import QueryExecution, QueryRequest
from local_cloud.athena.api.responses import page_start
from local_cloud.athena.api.result_configuration import check_result
from local_cloud.athena.errors import QueryFailed
from local_cloud.athena.sql.query_engine import QueryEngine
from local_cloud.athena.sql.statements import read_statement
from local_cloud.athena.sql.trino_query import parsed, to_duckdb
from local_cloud.lake_tables.glue_tables import DELIMITED

TABLE = {
    "TableType": "EXTERNAL_TABLE",
    "StorageDescriptor": {
        "Columns": [{"Name": "a", "Type": "string"}],
        "Location": "s3://lake/t/",
        "SerdeInfo": {"SerializationLibrary": DELIMITED},
    },
}


class Clients:
    """A catalogue with one table, which has one object."""

    def get_database(self, **_):
        return {}

    def get_table(self, **_):
        return {"Table": TABLE}

    def get_paginator(self, _):
        return self

    def paginate(self, **_):
        return [{"Contents": [{"Key": "t/1"}]}]

    def get_object(self, **_):
        return {"Body": io.BytesIO(b"12345")}

    def get_bucket_location(self, **_):
        return {}

    def put_object(self, **_):
        return {}


class Watched(QueryExecution):
    """Notes the scanned bytes at the time of the last state."""

    def _end(self, state, reason):
        self.scanned_at_end = self.scanned_bytes
        super()._end(state, reason)


def request(clients):
    return QueryRequest(
        sql="SELECT a FROM t",
        parameters=(),
        database="shop",
        workgroup="work",
        result={"OutputLocation": "s3://results/"},
        enforced=True,
        limit=None,
        clients=clients,
    )


def test_a_query_that_has_ended_has_its_scanned_bytes():
    query = Watched(request(lambda _: Clients()))
    query.run()
    assert (query.state, query.reason) == ("SUCCEEDED", None)
    assert query.scanned_at_end == 5


def test_a_query_without_clients_fails():
    def clients(_):
        raise RuntimeError("no session")

    query = QueryExecution(request(clients))
    query.run()
    assert query.state == "FAILED"
    assert query.reason == "GENERIC_INTERNAL_ERROR: RuntimeError: no session"


def test_a_key_is_required_for_kms():
    with pytest.raises(InvalidRequestError, match="KmsKey"):
        check_result({"EncryptionConfiguration": {"EncryptionOption": "SSE_KMS"}})


def test_a_page_starts_at_its_token():
    assert [page_start(None), page_start("50")] == [0, 50]
    for token in ("x", "-1"):
        with pytest.raises(InvalidRequestError, match=f"NextToken '{token}'"):
            page_start(token)


def test_a_cancelled_query_loads_no_further_table():
    engine = QueryEngine()
    loaded = []

    class Catalog:
        def rows(self, _, name):
            loaded.append(name)
            engine.cancel()
            return pa.table({"n": [1]})

    with pytest.raises(QueryFailed, match="cancelled"):
        engine.run(parsed("SELECT a.n FROM a, b"), "shop", Catalog())
    assert loaded == ["a"]


def test_a_definition_has_no_parameters():
    with pytest.raises(QueryFailed, match="expected 0 but found 1"):
        read_statement("DROP TABLE t", ["1"])


def test_the_division_of_decimals_says_what_to_do():
    with pytest.raises(QueryFailed, match="Athena: cast one of them to double"):
        to_duckdb(parsed("SELECT 1.5 / 2.5"), "shop", {})
