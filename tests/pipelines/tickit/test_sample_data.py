"""The generated database has the published formats and counts, matching keys, and a seed."""

import gzip
import re
import string

import pyarrow.csv
import pytest
import sqlglot

from pipeline_code.tickit.sample_data import files
from pipeline_code.tickit.sample_data.__main__ import main
from pipeline_code.tickit.sample_data.tables import TABLES

# Regular expressions for a line of each file.
TIME = r"2008-\d\d-\d\d \d\d:\d\d:\d\d"
LINES = {
    "users": r"\d+\|[A-Z]{3}\d\d[A-Z]{3}\|\w+\|\w+\|[\w ]+\|[A-Z]{2}\|[\w.]+@[\w.]+"
    r"\|\(\d{3}\) \d{3}-\d{4}(\|(TRUE|FALSE)?){10}\r",
    "venue": r"\d+\|[\w ]+\|[\w ]+\|[A-Z]{2}\|(\d+|\\N)\r",
    "category": r"\d+\|\w+\|\w+\|[\w ,-]+\r",
    "date": r"\d{4}\|2008-\d\d-\d\d\|[A-Z]{2}\|\d+\|[A-Z]{3}\|[1-4]\|2008\|(TRUE|FALSE)\r",
    "event": rf"\d+\|\d+\|[6-9]\|\d{{4}}\|[\w ]+\|{TIME}\r",
    "listing": rf"\d+\|\d+\|\d+\|\d{{4}}\|\d+\|\d+\.\d\d\|\d+\.\d\d\|{TIME}",
    "sales": r"\d+\t\d+\t\d+\t\d+\t\d+\t\d{4}\t[1-8]\t\d+\.\d\d\t\d+\.\d\d"
    r"\t[1-9]\d?/[1-9]\d?/2008 \d\d:\d\d:\d\d",
}


@pytest.fixture(scope="module")
def generated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("generated")
    main(["--output", str(folder)])
    return folder


@pytest.fixture(scope="module")
def tables(generated):
    return {name: whole(generated, name) for name in TABLES}


def whole(folder, name):
    """Read all columns of a generated file, with the types that pyarrow infers."""
    published = TABLES[name]
    return pyarrow.csv.read_csv(
        folder / published.file,
        read_options=pyarrow.csv.ReadOptions(column_names=list(published.columns)),
        parse_options=pyarrow.csv.ParseOptions(delimiter=published.delimiter, quote_char=False),
    )


@pytest.mark.parametrize("name", TABLES)
def test_files_have_the_published_form_and_count(generated, name):
    lines = (generated / TABLES[name].file).read_bytes().decode().split("\n")
    assert lines.pop() == ""
    assert len(lines) == TABLES[name].rows
    form = re.compile(LINES[name])
    assert next((line for line in lines if not form.fullmatch(line)), None) is None


@pytest.mark.parametrize(
    ("table", "column", "to", "key"),
    [
        ("event", "venueid", "venue", "venueid"),
        ("event", "catid", "category", "catid"),
        ("event", "dateid", "date", "dateid"),
        ("listing", "sellerid", "users", "userid"),
        ("listing", "eventid", "event", "eventid"),
        ("listing", "dateid", "date", "dateid"),
        ("sales", "listid", "listing", "listid"),
        ("sales", "sellerid", "users", "userid"),
        ("sales", "buyerid", "users", "userid"),
        ("sales", "eventid", "event", "eventid"),
        ("sales", "dateid", "date", "dateid"),
    ],
)
def test_keys_refer_to_rows(tables, table, column, to, key):
    keys = tables[to][key].to_pylist()
    assert len(set(keys)) == len(keys)
    assert set(tables[table][column].to_pylist()) <= set(keys)


def test_sales_fit_their_listings(tables):
    sold = tables["sales"].join(tables["listing"], "listid", right_suffix="_listed").to_pandas()
    assert (sold["sellerid"] == sold["sellerid_listed"]).all()
    assert (sold["eventid"] == sold["eventid_listed"]).all()
    assert (sold["buyerid"] != sold["sellerid"]).all()
    assert (sold["qtysold"] <= sold["numtickets"]).all()
    assert (sold["dateid"] > sold["dateid_listed"]).all()
    assert (sold["pricepaid"] == sold["qtysold"] * sold["priceperticket"]).all()
    assert (sold["commission"] - 0.15 * sold["pricepaid"]).abs().max() < 0.01


def test_seed_decides_every_byte(generated, tmp_path):
    for seed in (0, 0, 1):
        main(["--output", str(tmp_path / str(seed)), "--seed", str(seed)])
    for name, published in TABLES.items():
        first = (generated / published.file).read_bytes()
        assert (tmp_path / "0" / published.file).read_bytes() == first
        assert ((tmp_path / "1" / published.file).read_bytes() == first) == (
            name in ("category", "date")
        )


def test_missing_tables_fit_the_real_ones(tmp_path, capsys):
    real = tmp_path / "real"
    real.mkdir()
    (real / "allevents_pipe.txt").write_bytes(b"77|900|8|1900|Caf\xe9|2008-03-15 19:00:00\r\n")
    sale = "5\t700000\t800000\t800001\t77\t1890\t{}\t80.00\t12.00\t3/5/2008 02:36:48\n"
    (real / "sales_tab.txt.gz").write_bytes(gzip.compress((sale.format(7) * 3).encode()))
    main(["--output", str(tmp_path / "made"), "--missing-from", str(real)])
    names = {line.split()[1] for line in capsys.readouterr().out.splitlines()}
    assert names == {"users:", "venue:", "category:", "date:", "listing:"}
    made = {name: whole(tmp_path / "made", name) for name in ("users", "venue", "listing")}
    assert {800000, 800001} <= set(made["users"]["userid"].to_pylist())
    assert 900 in made["venue"]["venueid"].to_pylist()
    assert set(made["listing"]["eventid"].to_pylist()) == {77}
    (sold,) = (row for row in made["listing"].to_pylist() if row["listid"] == 700000)
    assert sold["sellerid"] == 800000
    assert sold["numtickets"] > 21
    assert sold["dateid"] < 1890


def test_real_files_are_taken_uncompressed(tmp_path):
    real, made = tmp_path / "real", tmp_path / "made"
    real.mkdir()
    event = b"77|900|8|1900|Opera|2008-03-15 19:00:00\r\n"
    (real / "allevents_pipe.txt.gz").write_bytes(gzip.compress(event))
    main(["--output", str(made), "--missing-from", str(real)])
    assert (made / "allevents_pipe.txt").read_bytes() == event
    assert {path.name for path in made.iterdir()} == {each.file for each in TABLES.values()}


def test_real_file_of_another_form_is_refused(tmp_path, capsys):
    (tmp_path / "venue_pipe.txt").write_text("1,Hall,Boise,ID,0\n")
    with pytest.raises(SystemExit):
        main(["--output", str(tmp_path / "made"), "--missing-from", str(tmp_path)])
    assert "venue_pipe.txt is not as published for the table venue" in capsys.readouterr().err


def test_given_names_are_found_plain_or_gzipped(tmp_path):
    assert files.find(tmp_path, "venue") is None
    (tmp_path / "venue_pipe.txt.gz").touch()
    assert files.find(tmp_path, "venue").name == "venue_pipe.txt.gz"
    (tmp_path / "venue_pipe.txt").touch()
    assert files.find(tmp_path, "venue").name == "venue_pipe.txt"


def test_load_replaces_every_table_from_its_file(repository):
    template = (repository / "pipeline_code/tickit/sample_data/load.sql").read_text()
    filled = string.Template(template).substitute(LakeBucket="lake", WarehouseRoleArn="arn:role")
    statements = [text.strip() for text in filled.split(";") if text.strip()]
    for (name, published), (delete, copy) in zip(
        TABLES.items(), zip(statements[::2], statements[1::2], strict=True), strict=True
    ):
        assert delete == f"DELETE FROM {name}"
        assert copy.startswith(
            f"COPY {name} FROM 's3://lake/incoming/tickit/{published.file}'\n"
            "IAM_ROLE 'arn:role' DELIMITER"
        )
        assert sqlglot.parse_one(copy, read="redshift").key == "copy"
