"""The prepared columns of a flow are the features of a group."""

import json
import math
import tarfile
from datetime import date
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.__main__ import main
from pipeline_code.feature_groups import read_feature_groups
from pipeline_code.flow_export.command import export_group
from pipeline_code.flow_export.feature_group import declare_group
from pipeline_code.runtime import ingest_features
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.feature_declaration import DeclaredGroup
from pipeline_code.runtime.flow_features import FlowFeatures
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.ingest_features import read_table, records
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.schema import BOOLEAN, DATE, FLOAT, INTEGER, STRING, Column, Schema
from pipeline_code.runtime.transforms.fill_missing import FillMissing
from pipeline_code.runtime.transforms.keep_columns import KeepColumns
from pipeline_code.runtime.transforms.one_hot import OneHot
from pipeline_code.runtime.transforms.scale import Scale
from pipeline_code.runtime.transforms.time_parts import TimeParts
from pipeline_code.tickit_features import features
from tests.unit.runtime.flows.rows import SCHEMA, rows_of
from tests.unit.runtime.stored_features import StoredFeatures

COLUMNS = Schema(
    (
        Column("sold", INTEGER),
        Column("price", FLOAT, nullable=True),
        Column("open", BOOLEAN),
        Column("day", DATE),
        Column("place", STRING),
    )
)
FLOW = Flow(
    COLUMNS,
    [
        FillMissing(["price"], "constant", 0.5),
        TimeParts(["day"], ["day_of_week"]),
        KeepColumns(["price", "open", "day.day_of_week", "place"]),
    ],
    target="sold",
)
FEATURES = FlowFeatures(FLOW.without_fit(), COLUMNS)
RAW = pa.table(
    {
        "ID": [7, 3],
        "Known": ["2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z"],
        "sold": [5, 6],
        "price": pa.array([None, Decimal("4.25")], pa.decimal128(8, 2)),
        "open": ["t", "f"],
        "day": [date(2024, 1, 1), date(2024, 1, 6)],
        "place": ["Hall", "Club"],
        "unused": [0, 0],
    }
)


def group_of(features, **further):
    return DeclaredGroup(
        name="redline-basic-shows",
        record_identifier="id",
        event_time="known",
        features={"id": "Integral", "known": "String", **features, **further},
    )


def test_the_types_of_the_features_are_those_of_the_prepared_columns():
    assert FEATURES.types() == {
        "price": "Fractional",
        "open": "Integral",
        "day-day-of-week": "Fractional",
        "place": "String",
    }


def write(folder, table):
    data = folder / "processing" / "input" / "data"
    data.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, data / "rows.parquet")
    return Container(folder)


def test_raw_rows_become_records_with_the_values_that_a_model_gets(tmp_path):
    group = group_of(FEATURES.types())
    table = read_table(write(tmp_path, RAW), group, FEATURES)
    made = [record.values for record in records(table, group)]
    second = {"id": "7", "known": "2024-01-02T00:00:00Z"}
    assert made[1] == second | {
        **{"price": "0.5", "open": "1", "day-day-of-week": "0.0", "place": "Hall"}
    }
    assert made[0]["price"] == "4.25"


def test_a_declared_target_is_kept(tmp_path):
    group = group_of(FEATURES.types(), sold="Integral")
    table = read_table(write(tmp_path, RAW), group, FEATURES)
    assert table["sold"].to_pylist() == [6, 5]


def test_files_without_rows_have_no_records(tmp_path):
    group = group_of(FEATURES.types())
    assert read_table(write(tmp_path, RAW.slice(0, 0)), group, FEATURES).num_rows == 0


def test_a_fitted_flow_has_the_features_of_its_training_rows():
    rows = rows_of(300)
    flow = Flow(SCHEMA, [OneHot(["place"]), Scale(["price"])], target="sold").fit_table(rows)
    types = FlowFeatures(flow, SCHEMA).types()
    assert {"place-hall", "place-club"} <= set(types)
    assert types["place-hall"] == "Fractional"


@pytest.mark.parametrize(
    ("table", "error", "message"),
    [
        (RAW.drop_columns(["Known"]), DataError, "rows has the columns .* missing are known"),
        (RAW.drop_columns(["place"]), DataError, "rows: missing place"),
        (RAW.append_column("Place", RAW["place"]), DataError, "rows has the columns place, Place,"),
        (RAW.set_column(4, "open", pa.array(["t", "x"])), DataError, "row 2, column open: 'x'"),
    ],
)
def test_raw_rows_that_do_not_fit_are_refused_by_column(table, error, message):
    with pytest.raises(error, match=message):
        FEATURES.prepared(table, group_of(FEATURES.types()), source="rows")


def test_a_flow_that_prepares_the_identifier_is_refused():
    group = DeclaredGroup(
        name="shows", record_identifier="place", event_time="known", features=FEATURES.types()
    )
    with pytest.raises(SettingError, match="the flow prepares place, the record identifier"):
        FEATURES.prepared(RAW, group, source="rows")


def test_columns_that_become_one_feature_are_refused():
    schema = Schema((Column("a_b", FLOAT), Column("a-b", FLOAT)))
    flow = Flow(schema, []).without_fit()
    with pytest.raises(SettingError, match="a_b, a-b all become the feature 'a-b'"):
        FlowFeatures(flow, schema).types()


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "tickit"
    made.mkdir()
    (made / "pipeline.py").touch()
    return made


def test_the_command_declares_the_group_and_says_how_it_is_filled(folder, capsys):
    columns = ("key", "known")
    assert export_group("tickit", "sales", *columns, model=None, root=folder.parent) == 0
    (group,) = read_feature_groups(folder)
    assert (group.record_identifier, group.event_time) == columns
    assert list(group.features) == [
        *("key", "known", "venueid", "catid", "holiday", "caldate-day-of-week"),
        *("caldate-day-of-year", "events", "venue-seats", "venue-events", "venue-tickets"),
    ]
    assert set(group.features.values()) == {"String", "Integral", "Fractional"}
    printed = capsys.readouterr().out
    assert "tickit/feature_groups.json: sales with 11 features" in printed
    assert 'p.ingest("Ingest", "sales", rows, instances, flow=True)' in printed


def test_declared_groups_are_kept_and_not_changed(folder):
    for name in ("shows", "shows-v2"):
        declare_group(folder, name, FEATURES, identifier="id:Integral", event_time="known")
    assert [each.name for each in read_feature_groups(folder)] == ["shows", "shows-v2"]
    assert read_feature_groups(folder)[0].features["id"] == "Integral"
    with pytest.raises(SettingError, match="declares 'shows', which is immutable: choose another"):
        declare_group(folder, "shows", FEATURES, identifier="id", event_time="known")


def test_an_identifier_that_the_flow_prepares_is_refused(folder):
    with pytest.raises(SettingError, match="the flow prepares place: the record identifier"):
        declare_group(folder, "shows", FEATURES, identifier="place", event_time="known")
    assert not (folder / "feature_groups.json").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--identifier", "id"], "--identifier and --event-time need --feature-group"),
        (["--feature-group", "shows"], "--feature-group needs --identifier and --event-time"),
        (
            ["--feature-group", "sales", "--identifier", "id:Key", "--event-time", "known"],
            "the feature 'id' has the type 'Key': allowed are String, Integral, Fractional",
        ),
    ],
)
def test_wrong_options_are_refused(arguments, message, capsys):
    assert main(["export", "tickit", *arguments]) == 2
    assert message in capsys.readouterr().err


VENUES = pa.table(
    {
        "venueid": [1, 2],
        "changed": [date(2008, 1, 1)] * 2,
        **{"name": ["Arena", "Hall"], "city": ["Bonn", "Mainz"], "state": ["CA", None]},
        **{"seats": [100, None], "events": [2, 0], "tickets": [9, 0]},
    }
)


@pytest.fixture
def job(tmp_path, monkeypatch):
    """Return the function that runs the step of venues-prepared and returns what it wrote."""
    store = StoredFeatures()
    monkeypatch.setattr(ingest_features, "client", lambda *_, **__: store)
    settings = {
        "FEATURE_GROUP": "redline-local-venues-prepared",
        "FEATURE_GROUP_PACKAGE": "pipeline_code.tickit_features",
        "FEATURE_GROUP_DECLARED_AS": "venues-prepared",
        "FEATURE_GROUP_WORKERS": "2",
        "FEATURE_FLOW": "pipeline_code.tickit_features",
    }
    (tmp_path / "config").mkdir()
    region = {"ProcessingJobArn": "arn:aws:sagemaker:us-east-1:123456789012:processing-job/a"}
    (tmp_path / "config" / "processingjobconfig.json").write_text(json.dumps(region))
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    def run():
        ingest_features.run(write(tmp_path, VENUES))
        return {each["venueid"]: each for each in store.written}

    return run


def test_the_step_writes_the_rows_that_the_flow_prepares(job):
    written = job()
    assert written["1"] == {
        **{"venueid": "1", "changed": "2008-01-01T00:00:00Z", "events": "2", "large-market": "1.0"},
        **{"seats": str(math.log1p(100)), "tickets": str(math.log1p(9))},
    }
    assert written["2"]["seats"] == written["2"]["large-market"] == "0.0"


def test_a_flow_with_a_fit_is_that_of_the_model(job, tmp_path, monkeypatch):
    flow = features.FLOW
    transforms = [Scale(["seats", "tickets"]), *flow.transforms[2:]]
    monkeypatch.setattr(features, "FLOW", Flow(flow.schema, transforms))
    with pytest.raises(SettingError, match="Scale: fit the flow on training rows"):
        job()
    trained = pa.table(
        {"seats": [0, 200], "events": [1, 1], "tickets": [0, 2], "state": ["CA", "CA"]}
    )
    features.FLOW.fit_table(trained).save(tmp_path)
    model = tmp_path / "processing" / "input" / "model"
    model.mkdir()
    with tarfile.open(model / "model.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "flow.json", "flow.json")
    written = job()
    assert (written["1"]["seats"], written["1"]["tickets"]) == ("0.0", "8.0")
    assert "seats" not in written["2"]
