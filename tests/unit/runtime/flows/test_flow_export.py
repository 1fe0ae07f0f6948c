"""An exported script gives the same rows, and imports nothing of this project."""

import subprocess
import sys
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline_code.__main__ import main
from pipeline_code.flow_export.script import script_of
from pipeline_code.runtime.csv_data import read_csv
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.transforms.bin_numbers import BinNumbers
from pipeline_code.runtime.transforms.clip_outliers import ClipOutliers
from pipeline_code.runtime.transforms.drop_columns import DropColumns
from pipeline_code.runtime.transforms.fill_missing import FillMissing
from pipeline_code.runtime.transforms.format_number import FormatNumber
from pipeline_code.runtime.transforms.format_text import FormatText
from pipeline_code.runtime.transforms.hash_text import HashText
from pipeline_code.runtime.transforms.is_one_of import IsOneOf
from pipeline_code.runtime.transforms.join import Join
from pipeline_code.runtime.transforms.normalize import Normalize
from pipeline_code.runtime.transforms.one_hot import OneHot
from pipeline_code.runtime.transforms.ordinal import Ordinal
from pipeline_code.runtime.transforms.python_function import PythonFunction, column_function
from pipeline_code.runtime.transforms.scale import Scale
from pipeline_code.runtime.transforms.target_mean import TargetMean
from pipeline_code.runtime.transforms.text_length import TextLength
from pipeline_code.runtime.transforms.tf_idf import TfIdf
from pipeline_code.runtime.transforms.time_parts import TimeParts
from pipeline_code.tickit.features import OPTIONAL
from tests.unit.runtime.flows.rows import SCHEMA, rows_of


@column_function
def half(price: pa.Array) -> pa.Array:
    """Half of the price."""
    return pa.array([None if each is None else each / 2 for each in price.to_pylist()])


TRANSFORMS = [
    FillMissing(["seats", "day", "at"]),
    ClipOutliers(["price"]),
    PythonFunction(["price"], half, {"half": "double"}),
    FormatNumber(["half"], digits=1),
    Scale(["price"], "robust"),
    Normalize(["price", "half"]),
    Join(["venue"], "venues", {"size": "int64"}),
    TargetMean(["venue"], target="sold"),
    BinNumbers(["seats"]),
    FormatText(["note"], ["lower"]),
    FillMissing(["place"], "own category"),
    IsOneOf(["place"], ["Hall"], "hall"),
    OneHot(["place"]),
    Ordinal(["open"]),
    TextLength(["note"]),
    TfIdf(["note"], 5),
    TimeParts(["day", "at"], cycles=["day_of_year"]),
]


def run(script, source, target):
    return subprocess.run(
        [sys.executable, "-I", script, source, target], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    "transforms", [TRANSFORMS, [HashText(["note"], 8), DropColumns(["place"])]], ids=len
)
def test_the_script_gives_the_same_rows(tmp_path, transforms):
    rows, test = rows_of(300), rows_of(100, seed=1).drop_columns(["sold"])
    venues = pa.table({"venue": range(40), "size": range(0, 400, 10)})
    flow = Flow(SCHEMA, transforms, target="sold").fit_table(rows, sources={"venues": venues})
    script = tmp_path / "prepare.py"
    script.write_text(script_of(flow, SCHEMA, title="Prepares rows.", file="prepare.py"))
    pq.write_table(test, tmp_path / "raw.parquet")
    done = run(script, tmp_path / "raw.parquet", tmp_path / "prepared.parquet")
    assert done.returncode == 0, done.stderr
    expected = flow.apply(test.combine_chunks().to_batches()[0])
    assert pq.read_table(tmp_path / "prepared.parquet").equals(pa.Table.from_batches([expected]))


def test_texts_and_decimals_are_read_like_those_of_a_pipeline(tmp_path):
    lines = ["sold,price,seats,open,place,note,day,at,venue"]
    lines.append("1,4.858,,t,,Loud music,2008-01-02,2008-12-31 23:59:59+01,3")
    lines.append(" 2,1e3,7,f,Hall,,2008-01-03,2008-12-31 23:59:59,4")
    typed = read_csv("\n".join(lines).encode(), SCHEMA, source="rows")
    fields = [line.strip().split(",") for line in lines]
    texts = pa.table({name: list(each) for name, *each in zip(*fields, strict=True)})
    price = pa.array([Decimal("4.858"), Decimal(1000)], pa.decimal128(18, 3))
    flow = Flow(SCHEMA, [FillMissing(["seats"], "constant", 5)], target="sold").without_fit()
    script = tmp_path / "prepare.py"
    script.write_text(script_of(flow, SCHEMA, title="Prepares rows.", file="prepare.py"))
    expected = pa.Table.from_batches([flow.apply(typed.combine_chunks().to_batches()[0])])
    for rows in (texts, texts.set_column(1, "price", price)):
        pq.write_table(rows, tmp_path / "raw.parquet")
        done = run(script, tmp_path / "raw.parquet", tmp_path / "prepared.parquet")
        assert done.returncode == 0, done.stderr
        assert pq.read_table(tmp_path / "prepared.parquet").equals(expected)


def test_a_join_is_exported_only_with_its_rows(capsys, monkeypatch):
    schema = SCHEMA.select(["sold", "venue"])
    flow = Flow(schema, [Join(["venue"], "venues", {"size": "int64"})], target="sold")
    monkeypatch.setattr("pipeline_code.tickit.features.FLOW", flow)
    assert main(["export", "tickit"]) == 2
    assert "Join: fit the flow on training rows (`export`: --model)" in capsys.readouterr().err


def test_the_flow_of_a_pipeline_is_exported_by_a_command(tmp_path, capsys):
    script = tmp_path / "prepare_tickit.py"
    assert main(["export", "tickit", "--output", str(script)]) == 0
    assert capsys.readouterr().out == f"{script}: 2 transforms\n"
    days = pa.array([0, 1], pa.int32()).cast(pa.date32())
    rows = {"venueid": [1, 2], "catid": [3, 4], "caldate": days, "holiday": [True, False]}
    pq.write_table(pa.table(rows | {"events": [1, 1]}), tmp_path / "raw.parquet")
    refused = run(script, tmp_path / "raw.parquet", tmp_path / "prepared.parquet")
    assert refused.stderr.startswith("the rows: missing venue_seats, venue_events, venue_tickets,")
    rows |= dict.fromkeys(OPTIONAL, [1, 1])
    pq.write_table(pa.table(rows), tmp_path / "raw.parquet")
    done = run(script, tmp_path / "raw.parquet", tmp_path / "prepared.parquet")
    assert done.returncode == 0, done.stderr
    prepared = pq.read_table(tmp_path / "prepared.parquet")
    assert prepared["caldate.day_of_week"].to_pylist() == [3, 4]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nothing"], "no pipeline 'nothing': allowed are bank, boosted, census"),
        (["boosted"], "pipeline_code.boosted.features declares no FLOW"),
        (["tickit", "--model", "none.tar.gz"], "no none.tar.gz"),
    ],
)
def test_what_cannot_be_exported_is_refused(arguments, message, capsys):
    assert main(["export", *arguments]) == 2
    assert message in capsys.readouterr().err
