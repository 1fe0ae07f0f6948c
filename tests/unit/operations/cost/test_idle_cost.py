"""The monthly cost of an idle environment, from the synthesised templates."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest

from operations import OperationError, cli
from operations.assembly import Assembly, Resource
from operations.commands import cost
from operations.cost.idle_cost import billed_by_use, idle_costs
from operations.cost.refresh import SOURCE, refreshed
from operations.cost.resource_costs import charges_of
from operations.environment_clients import EnvironmentClients
from prices import FILE, Price, PriceTable
from tests.application.synthesised import synthesised

TABLE = PriceTable.read()


@pytest.fixture(scope="module")
def needs():
    found = synthesised("basic")
    return Assembly.read(found.folder, prefix="redline-basic-", region="us-east-1")


@pytest.fixture(scope="module")
def lines(needs):
    return idle_costs(needs, TABLE)


def test_each_charged_resource_has_its_own_line(lines):
    names = [each.resource for each in lines]
    assert len(names) == len({(each.stack, each.resource, each.description) for each in lines})
    text = "\n".join(each.description for each in lines)
    for word in ("sagemaker.api, 2 zones", "Redshift cluster, 1 × ra3.large", "KMS key", "secret"):
        assert word in text


def test_endpoints_of_deployers_are_counted(lines):
    (endpoint,) = (each for each in lines if each.description.startswith("endpoint"))
    assert (endpoint.stack, endpoint.units) == ("redline-basic-demand-serving", 2)
    assert endpoint.month == pytest.approx(2 * 0.115 * 730)


def test_gateway_endpoints_and_roles_are_free(lines):
    assert not [each for each in lines if "s3" in each.description or "Role" in each.resource]


def test_an_unknown_price_is_unknown(needs):
    (*_, line) = idle_costs(needs, PriceTable("us-east-1", {}))
    assert line.month is None
    assert all(each.month is None for each in idle_costs(needs, PriceTable("eu-west-1", {})))


def test_a_price_of_another_region_is_not_used(needs):
    found = idle_costs(needs, PriceTable("eu-west-1", TABLE.prices))
    assert {each.price for each in found} == {None}


def test_a_type_without_an_entry_is_an_error():
    with pytest.raises(OperationError, match=r"AWS::New::Thing of stack has no entry"):
        list(charges_of(Resource("stack", "Id", "AWS::New::Thing", {})))


def test_an_alarm_is_billed_per_metric():
    metrics = [{"Id": "a", "MetricStat": {}}, {"Id": "b", "MetricStat": {}}, {"Id": "c"}]
    alarm = Resource("stack", "Id", "AWS::CloudWatch::Alarm", {"Metrics": metrics})
    assert [each.units for each in charges_of(alarm)] == [2]


def test_types_that_are_billed_by_use_are_named(needs):
    assert "AWS::Lambda::Function" in billed_by_use(needs)


def test_each_price_has_a_date_and_a_source():
    assert TABLE.prices
    for each in TABLE.prices.values():
        assert each.usd > 0
        assert date.fromisoformat(each.read)
        assert re.match(r"https://\S+$", each.source)


class PriceList:
    """A price list that has only interface endpoints."""

    def get_paginator(self, operation):
        assert operation == "get_products"
        return self

    def paginate(self, **request):
        found = request["ServiceCode"] == "AmazonVPC"
        price = {"unit": "Hrs", "pricePerUnit": {"USD": "0.02"}}
        product = {"terms": {"OnDemand": {"term": {"priceDimensions": {"one": price}}}}}
        return [{"PriceList": [json.dumps(product)] if found else []}]


def test_refresh_replaces_found_prices_and_names_the_others():
    names = {"interface endpoint", "transform ml.m5.large", "KMS key"}
    found, missing = refreshed(TABLE, names, PriceList(), today="2027-01-01")
    new = Price(usd=0.02, unit="hour", read="2027-01-01", source=SOURCE)
    assert found.price("interface endpoint", "us-east-1") == new
    assert found.prices["KMS key"] == TABLE.prices["KMS key"]
    assert {"transform ml.m5.large", "KMS key"} <= set(missing)
    assert "transform ml.m5.large" not in found.prices


def test_a_refresh_that_finds_nothing_changes_nothing(needs, monkeypatch, capsys):
    class Nothing(PriceList):
        def paginate(self, **_):
            return [{"PriceList": []}]

    aws = EnvironmentClients.of(synthesised("basic").environment, {}.__getitem__)
    monkeypatch.setattr(cli, "connect", lambda *_: aws)
    monkeypatch.setattr(cost, "pricing_client", lambda _: Nothing())
    before = FILE.read_bytes()
    assert cli.main(["cost", "--refresh", "--app", str(needs.folder)]) == 2
    assert "has none of the prices" in capsys.readouterr().err
    assert FILE.read_bytes() == before


def test_a_refresh_prints_one_json_document(needs, monkeypatch, capsys, tmp_path):
    aws = EnvironmentClients.of(synthesised("basic").environment, {}.__getitem__)
    monkeypatch.setattr(cli, "connect", lambda *_: aws)
    monkeypatch.setattr(cost, "pricing_client", lambda _: PriceList())
    monkeypatch.setattr(PriceTable, "write", lambda _table: None)
    assert cli.main(["cost", "--refresh", "--json", "--app", str(needs.folder)]) == 0
    document = json.loads(capsys.readouterr().out)
    assert "KMS key" in document["missing"]
    assert set(document["prices"]).isdisjoint(document["missing"])


def test_the_table_is_read_as_it_was_written(tmp_path):
    TABLE.write(tmp_path / "prices.json")
    assert PriceTable.read(tmp_path / "prices.json") == TABLE


def test_the_command_prints_lines_and_the_total(needs, capsys, monkeypatch):
    environment = synthesised("basic").environment
    aws = EnvironmentClients.of(environment, {}.__getitem__)
    monkeypatch.setattr(cli, "connect", lambda *_: aws)
    monkeypatch.setenv("COLUMNS", "200")
    assert cli.main(["cost", "--app", str(needs.folder)]) == 0
    shown = capsys.readouterr().out
    assert re.search(
        r"warehouse +Redshift cluster, 1 × ra3.large.* \$0.543 per hour +\$396.39", shown
    )
    assert re.search(r"Total: \$[\d,.]+ a month while nothing runs\.", shown)
    assert cost.run(aws, app=needs.folder, as_json=True) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["lines"][0]["price"]["source"].startswith("https://")


def test_a_run_and_a_refresh_are_two_commands(monkeypatch, capsys):
    aws = EnvironmentClients.of(synthesised("basic").environment, {}.__getitem__)
    monkeypatch.setattr(cli, "connect", lambda *_: aws)
    assert cli.main(["cost", "demand/latest", "--refresh"]) == 2
    assert "omit EXECUTION ('demand/latest') or --refresh" in capsys.readouterr().err
