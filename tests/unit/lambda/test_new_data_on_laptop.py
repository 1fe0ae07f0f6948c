"""The deployed code of the function `new_data`: which changes of the warehouse are new data."""

from __future__ import annotations

import boto3
import pytest
from botocore.session import Session
from botocore.stub import Stubber

pytestmark = pytest.mark.slow

GROUP = "redline-test-tickit"
ARN = f"arn:aws:sagemaker:us-east-1:123456789012:model-package/{GROUP}/7"
QUERY = "SELECT day, tickets, note, sold, price, at FROM sales WHERE tickets < 100;"
TABLE = """
CREATE TABLE sales (
    day DATE, tickets INTEGER, note VARCHAR(40), sold BOOLEAN, price DECIMAL(8, 2), at TIMESTAMP
);
CREATE USER pipeline_reader PASSWORD DISABLE;
GRANT USAGE ON SCHEMA public TO pipeline_reader;
GRANT SELECT ON TABLE sales TO pipeline_reader
"""
ROWS = """
INSERT INTO sales VALUES
('2008-01-01', 1, 'one', TRUE, 1.50, '2008-01-01 10:00:00'),
('2008-01-02', 2, NULL, FALSE, NULL, NULL),
('2008-01-02', 2, NULL, FALSE, NULL, NULL),
('2008-01-03', 3, '', NULL, 3.00, '2008-01-03 10:00:00')
"""


class Registry:
    """A stub of the registry whose newest package has the fingerprint that a test sets."""

    def __init__(self):
        options = {"aws_access_key_id": "any", "aws_secret_access_key": "any"}
        self.client = Session().create_client("sagemaker", "us-east-1", **options)
        self.stubber = Stubber(self.client)
        self.stubber.activate()

    def answer(self, fingerprint):
        summary = {
            "ModelPackageArn": ARN,
            "CreationTime": 1,
            "ModelPackageStatus": "Completed",
        }
        found = [summary] if fingerprint else []
        order = {"SortBy": "CreationTime", "SortOrder": "Descending"}
        self.stubber.add_response(
            "list_model_packages",
            {"ModelPackageSummaryList": found},
            {"ModelPackageGroupName": GROUP, **order},
        )
        if fingerprint:
            details = {"ModelPackageStatusDetails": {"ValidationStatuses": []}}
            properties = {} if fingerprint == "none" else {"data_fingerprint": fingerprint}
            self.stubber.add_response(
                "describe_model_package",
                {
                    **summary,
                    **details,
                    "ModelPackageName": f"{GROUP}/7",
                    "CustomerMetadataProperties": properties,
                },
                {"ModelPackageName": ARN},
            )


@pytest.fixture
def module(load_handler, warehouse, use_variables):
    use_variables(warehouse.environment("pipeline_reader"))
    return load_handler("new_data")


@pytest.fixture
def decide(module, sales, context, monkeypatch):
    """Invoke the function, while the newest package has the fingerprint `latest`."""
    registry, real = Registry(), boto3.client
    monkeypatch.setattr(
        boto3,
        "client",
        lambda name, **more: registry.client if name == "sagemaker" else real(name, **more),
    )

    def run(latest=None, **changes):
        registry.answer(latest)
        event = {
            "query": QUERY,
            "code_key": "code/one.tar.gz",
            "execution_id": "execution",
            "model_package_group": GROUP,
            "unchanged": "skip",
            **changes,
        }
        return module.handler(event, context)

    return run


def test_the_first_run_has_new_data(decide):
    outputs = decide()
    assert outputs["status"] == "Found"
    assert len(outputs["fingerprint"]) == 64


def test_equal_rows_in_another_order_are_no_new_data(decide, sales):
    first = decide()["fingerprint"]
    sales.run("CREATE TABLE copied AS SELECT * FROM sales ORDER BY tickets DESC")
    sales.run("DELETE FROM sales", "INSERT INTO sales SELECT * FROM copied", "DROP TABLE copied")
    outputs = decide(first)
    assert (outputs["fingerprint"], outputs["status"]) == (first, "NoNewData")
    assert "no new data" in outputs["message"]
    assert ARN in outputs["message"]
    assert "UnchangedData=continue" in outputs["message"]


def test_a_row_that_the_query_does_not_return_is_no_new_data(decide, sales):
    first = decide()["fingerprint"]
    sales.run("INSERT INTO sales (tickets) VALUES (100)")
    assert decide(first)["status"] == "NoNewData"


@pytest.mark.parametrize(
    "change",
    [
        "INSERT INTO sales (tickets) VALUES (4)",
        "DELETE FROM sales WHERE tickets = 2",
        "UPDATE sales SET note = 'One' WHERE tickets = 1",
        "UPDATE sales SET note = NULL WHERE tickets = 3",
        "UPDATE sales SET sold = TRUE WHERE tickets = 3",
        "UPDATE sales SET sold = NULL WHERE tickets = 2",
        "UPDATE sales SET price = 1.51 WHERE tickets = 1",
        "UPDATE sales SET day = '2008-01-04' WHERE tickets = 3",
        "UPDATE sales SET at = '2008-01-03 10:00:01' WHERE tickets = 3",
        # The same sums of numbers in each column.
        "UPDATE sales SET tickets = 4 - tickets WHERE tickets IN (1, 3)",
    ],
)
def test_every_change_of_a_row_is_new_data(decide, sales, change):
    first = decide()["fingerprint"]
    sales.run(change)
    assert decide(first)["status"] == "Found"


@pytest.mark.parametrize(
    "change",
    [
        {"code_key": "code/two.tar.gz"},
        {"query": QUERY.replace("100", "101")},
        {"query": QUERY.replace("100", ":most::int"), "value_most": "100"},
        {"query": QUERY.replace("note", "note AS text")},
    ],
)
def test_another_query_or_code_is_new_data(decide, change):
    first = decide()["fingerprint"]
    assert decide(first, **change)["status"] == "Found"


def test_the_values_of_the_query_are_bound(decide):
    bound = {"query": QUERY.replace("100", ":most::int")}
    first = decide(**bound, value_most="3")["fingerprint"]
    assert decide(first, **bound, value_most="3")["status"] == "NoNewData"
    assert decide(first, **bound, value_most="2")["status"] == "Found"


def test_a_run_can_be_forced(decide):
    first = decide()["fingerprint"]
    outputs = decide(first, unchanged="continue")
    assert outputs["status"] == "Found"
    assert "UnchangedData is continue" in outputs["message"]


def test_a_package_of_an_earlier_release_has_no_fingerprint(decide):
    assert decide("none")["status"] == "Found"


def test_a_result_without_rows_has_a_fingerprint(decide, sales):
    sales.run("DELETE FROM sales")
    first = decide()["fingerprint"]
    assert decide(first)["fingerprint"] == first


OF_DAYS = {
    "query": "SELECT day, tickets, note FROM sales",
    "day_column": "day",
    "late_days": "1",
    "first_day": "1900-01-01",
    "last_day": "2999-12-31",
    "kept_days": "use",
}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ("INSERT INTO sales (day, tickets) VALUES ('2008-01-01', 4)", "Found"),
        ("DELETE FROM sales WHERE tickets = 1", "Found"),
        ("UPDATE sales SET day = '2008-01-02' WHERE tickets = 1", "Found"),
        ("UPDATE sales SET note = 'Two' WHERE tickets = 2", "Found"),
        ("UPDATE sales SET note = 'Three' WHERE tickets = 3", "Found"),
        # An incremental extraction does not read it either.
        ("UPDATE sales SET note = 'One' WHERE tickets = 1", "NoNewData"),
    ],
)
def test_with_days_new_data_is_what_an_incremental_extraction_reads(decide, sales, change, status):
    first = decide(**OF_DAYS)["fingerprint"]
    assert decide(first, **OF_DAYS)["status"] == "NoNewData"
    sales.run(change)
    assert decide(first, **OF_DAYS)["status"] == status


@pytest.mark.parametrize("change", [{"last_day": "2008-01-02"}, {"kept_days": "renew"}])
def test_another_period_and_renewed_days_are_new_data(decide, change):
    first = decide(**OF_DAYS)["fingerprint"]
    assert decide(first, **{**OF_DAYS, **change})["status"] == "Found"


def test_a_row_without_a_day_is_an_error(module, decide, sales):
    sales.run("INSERT INTO sales (tickets) VALUES (4)")
    with pytest.raises(module.beside.row_digest.DigestFailed, match="1 rows have no day"):
        decide(**OF_DAYS)


def test_no_days_have_a_fingerprint(decide, sales):
    sales.run("DELETE FROM sales")
    first = decide(**OF_DAYS)["fingerprint"]
    assert decide(first, **OF_DAYS)["status"] == "NoNewData"


def test_a_super_value_is_compared_as_json(module):
    """Its cast to a text is NULL for an array or an object, and NULL would hide the whole row.

    https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html
    https://docs.aws.amazon.com/redshift/latest/dg/JSON_SERIALIZE.html
    """
    sql = module.beside.row_digest.digest_sql("SELECT items FROM orders", ["super"])
    assert "MD5(MD5(JSON_SERIALIZE(c1)))" in sql
    assert "CAST(c1 AS VARCHAR)" not in sql


def test_the_error_of_the_database_is_the_reason(module, decide):
    with pytest.raises(module.beside.row_digest.DigestFailed, match='relation "sold" does not'):
        decide(query="SELECT * FROM sold")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"unchanged": "force"}, "unchanged is 'force', expected skip or continue"),
        ({"query": "SELECT :day"}, r"has the parameters \['day'\]"),
    ],
)
def test_a_bad_argument_is_refused(module, decide, change, message):
    with pytest.raises(module.beside.bound_query.ArgumentRefused, match=message):
        decide(**change)
