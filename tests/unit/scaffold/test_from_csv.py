"""A pipeline from a CSV file: what is detected, what is refused, and that it works at once."""

from __future__ import annotations

import csv
import json
import random
import re
from datetime import datetime, timedelta

import pytest

from pipeline_code.sample_rows import Statistics
from pipeline_code.scaffold.command import run
from pipeline_code.scaffold.csv_source import read_csv_source
from pipeline_code.scaffold.detection import detect
from pipeline_code.scaffold.errors import InvalidSource
from pipeline_code.scaffold.target import choose_target
from tests.unit.scaffold.options import options

HEADER = (
    "Listing ID;Größe (m2);Rooms;District;Furnished;Posted at;Built;ZIP;Note;User;Same;None;Rent"
)
SECRET = "Mr Unique"


@pytest.fixture(scope="session")
def rents(tmp_path_factory):
    """Rents with missing values, quotes, line ends, zones, German dates, and useless columns."""
    rng = random.Random(0)

    def sometimes(value, missing):
        return "" if rng.random() < missing else value

    lines = [HEADER]
    for number in range(400):
        size = round(max(15, rng.gauss(70, 25)), 1)
        place = rng.choice(['"Nord, ""old"""', '"Hafen\nSüd"', "Mitte"])
        posted = datetime(2023, 1, 1) + timedelta(minutes=rng.randrange(10**6))
        built = datetime(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
        rent = round(8 * size + 200 * (place == "Mitte") + rng.gauss(0, 50), 2)
        fields = [
            *(number + 1, sometimes(size, 0.1), rng.randrange(1, 6), sometimes(place, 0.1)),
            sometimes(rng.choice(["Yes", "no", "TRUE", "0"]), 0.1),
            f"{posted}+02:00",
            *(sometimes(f"{built:%d.%m.%Y}", 0.2), f"0{rng.randrange(1_000, 1_020)}"),
            *(f"{SECRET} {number}", "NA" if number % 9 == 0 else rng.choice("abc")),
            *("x", "", sometimes(rent, 0.02)),
        ]
        lines.append(";".join(map(str, fields)))
    path = tmp_path_factory.mktemp("csv") / "rents.csv"
    path.write_text("\n".join(lines) + "\n")
    return path


def test_names_types_and_useless_columns_are_detected(rents):
    columns = detect(read_csv_source(rents))
    assert {column.name: (column.type, column.nullable) for column in columns} == {
        **{"listing_id": ("integer", False), "grosse_m2": ("decimal", True)},
        **{"rooms": ("integer", False), "district": ("text", True)},
        **{"furnished": ("boolean", True), "posted_at": ("timestamp", False)},
        **{"built": ("date", True), "zip": ("text", False), "note": ("text", False)},
        **{"user_": ("text", True), "same": ("text", False), "none": ("text", True)},
        "rent": ("decimal", True),
    }
    assert [column.form for column in columns if column.type == "date"] == ["%d.%m.%Y"]
    assert {column.name for column in columns if column.unusable} == {
        *("listing_id", "note", "same", "none")
    }


@pytest.fixture(scope="session")
def made(project, rents):
    done = project.run("pipeline_code", "new", "rents", "--from-csv", str(rents))
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_command_says_what_it_chose_and_why(made):
    for line in (
        "file: delimiter ';', 400 rows",
        "target: rent (the last column that can be one; --target chooses another)",
        "kind: regression (it has ",
        "not an input: listing_id has another value in every row, like a key",
        "not an input: none has no value",
        "and warehouse/migrations/",
    ):
        assert line in made


@pytest.mark.slow
def test_it_works_at_once(project, made):
    done = project.run("pytest", "tests/pipelines/rents", "-q")
    assert done.returncode == 0, done.stdout
    assert "skipped" not in done.stdout
    folders = ["pipeline_code/rents", "tests/pipelines/rents"]
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", folders[0]]):
        done = project.run(*command, *(folders if command[0] == "ruff" else []))
        assert done.returncode == 0, done.stdout


def test_the_folder_is_short(project, made):
    files = [
        *(project.root / "pipeline_code/rents").glob("*.py"),
        *(project.root / "pipeline_code/rents").glob("*.sql"),
    ]
    text = "\n".join(path.read_text() for path in files)
    code = re.sub(r'^ *"""[^"]*"""$', "", text, flags=re.MULTILINE)
    lines = [each for each in code.splitlines() if each.strip() and each.strip()[0] != "#"]
    assert len(lines) <= 250


def test_no_row_of_the_file_is_in_the_project(project, made):
    for path in project.root.glob("*/**/rents/**/*"):
        if path.is_file() and path.suffix != ".pyc":
            assert SECRET not in path.read_text()


def test_generated_rows_resemble_the_file(project, made):
    path = project.root / "pipeline_code/rents/sample_data/statistics.json"
    rows = Statistics.load(path).generate(0).to_pandas()
    assert len(rows) == 1_000
    assert rows["none"].isna().all()
    assert 0.05 < rows["grosse_m2"].isna().mean() < 0.15
    assert set(rows["district"].dropna()) == {'Nord, "old"', "Hafen\nSüd", "Mitte"}
    assert set(rows["furnished"].dropna()) == {"true", "false"}
    assert rows["posted_at"].str.fullmatch(r"2\d{3}-\d\d-\d\d \d\d:\d\d:\d\d\+00").all()
    again = Statistics.load(path).generate(0).to_pandas()
    assert rows.equals(again)
    assert not rows.equals(Statistics.load(path).generate(1).to_pandas())


def test_the_real_file_is_converted_to_what_copy_reads(project, made, rents, tmp_path):
    (tmp_path / "rows.csv").write_text(rents.read_text())
    arguments = ["--output", str(tmp_path / "out"), "--missing-from", str(tmp_path)]
    done = project.run("pipeline_code.rents.sample_data", *arguments)
    assert (done.returncode, done.stdout) == (0, "")
    with (tmp_path / "out/rows.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 400
    assert {row["furnished"] for row in rows} == {"true", "false", ""}
    assert {row["none"] for row in rows} == {""}
    assert {row["district"] for row in rows} == {'Nord, "old"', "Hafen\nSüd", "Mitte", ""}
    assert all(re.fullmatch(r"(\d{4}-\d\d-\d\d)?", row["built"]) for row in rows)
    form = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00"
    assert all(re.fullmatch(form, row["posted_at"]) for row in rows)


def write(tmp_path, text):
    path = tmp_path / "file.csv"
    path.write_text(text)
    return path


def table(target, rows=200):
    """A table whose target is `target(number)`."""
    return "n,kind,t\n" + "".join(f"{i % 17}.5,k{i % 3},{target(i)}\n" for i in range(rows))


@pytest.mark.parametrize(
    ("target", "kind", "positive"),
    [
        (lambda i: i * 1.5, "regression", None),
        (lambda i: "yes" if i % 3 else "no", "binary", True),
        (lambda i: i % 2, "binary", True),
        (lambda i: ("yes", "TRUE", "n", "0")[i % 4], "binary", True),
        (lambda i: 2 if i % 3 else -1, "binary", "2"),
        (lambda i: "stayed" if i % 4 else "churned", "binary", "churned"),
        (lambda i: "abc"[i % 3], "multiclass", None),
        (lambda i: i % 3, "regression", None),
    ],
)
def test_kind_and_class_are_chosen(tmp_path, target, kind, positive):
    chosen = choose_target(detect(read_csv_source(write(tmp_path, table(target)))), ["t"], None)
    assert (chosen.kind, chosen.positive) == (kind, positive)


@pytest.mark.parametrize(
    ("text", "target", "kind", "message"),
    [
        (table(lambda i: f"c{i % 60}"), "t", None, "60 different values of type text: allowed are"),
        (
            table(lambda i: i),
            "t",
            "ranking",
            "allowed are regression, binary, multiclass, multioutput",
        ),
        (table(lambda i: i), "t", "multiclass", "use --kind regression"),
        (table(lambda i: f"c{i % 5 and 1 + i % 2}"), "t", "binary", "use --kind multiclass"),
        (
            table(lambda i: f"c{i // 95}"),
            "t",
            None,
            "c2 of the target t are too few (10): at least 20",
        ),
        (table(lambda i: i * 0.5), "t", "binary", "use --kind regression"),
        (table(lambda i: i), "other", None, "target is 'other': allowed are the columns n, kind,"),
        (table(lambda i: 1), "t", None, "the target t has only one value"),
        (table(lambda i: ""), "t", None, "the target t has no value"),
        (table(lambda i: i * 0.5, 50), "t", None, "at least 100 needed"),
        (table(lambda i: i == 7), "t", None, "of the class true of the target t are too few (1)"),
        ("a,b\n" + "x,y\n" * 200, None, None, "no column can be a target"),
        ("1,2\n3,4\n" * 100, None, None, "must have the names of the columns"),
    ],
)
def test_a_file_that_cannot_be_learned_from_is_refused(tmp_path, text, target, kind, message):
    with pytest.raises(InvalidSource) as refused:
        choose_target(
            detect(read_csv_source(write(tmp_path, text))), [target] if target else [], kind
        )
    assert message in str(refused.value)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_line_with_another_number_of_fields_is_named(tmp_path, delimiter):
    lines = [["a", "b", "c"], *(["1", "2", "3"] for _ in range(200))]
    lines[150] = ["1", "2", "3", "4"]
    with pytest.raises(InvalidSource) as refused:
        read_csv_source(write(tmp_path, "\n".join(map(delimiter.join, lines))))
    assert "line 151 of " in str(refused.value)
    assert "has 4 fields, and the first line has 3: correct the line, or" in str(refused.value)


@pytest.mark.parametrize("text", ["", "a,b\n"])
def test_a_file_without_rows_is_refused(tmp_path, text):
    with pytest.raises(InvalidSource, match="has no rows: pass a CSV file with a header"):
        read_csv_source(write(tmp_path, text))


@pytest.mark.parametrize("content", [b"a,b\n\xff\xfe,1\n" * 50, b"", b"\x00\x01" * 100])
def test_a_file_that_is_not_csv_in_utf_8_is_refused(tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidSource, match=r"file\.csv"):
        choose_target(detect(read_csv_source(path)), [], None)


def test_a_binary_pipeline_predicts_the_probability_of_the_rarer_class(tmp_path, capsys):
    path = write(tmp_path, table(lambda i: "stayed" if i % 4 else "churned"))
    parsed = options(name="churn", from_csv=path, target=["t"], kind="binary")
    assert run(parsed, root=tmp_path) == 0
    assert "class that is predicted: churned" in capsys.readouterr().out
    folder = tmp_path / "pipeline_code/churn"
    texts = {path.name: path.read_text() for path in folder.glob("*.py")}
    for name, text in texts.items():
        compile(text, name, "exec")
    assert 'Column(TARGET, choice("churned", "stayed"))' in texts["features.py"]
    assert 'positive="churned"' in texts["features.py"]
    assert "HistGradientBoostingClassifier" in texts["train.py"]
    assert "quality >= limit" in texts["pipeline.py"]
    assert 'champion="auc"' in texts["evaluate.py"]
    assert (tmp_path / "warehouse/migrations/0001_churn.sql").is_file()
    rows = Statistics.load(folder / "sample_data/statistics.json").generate(0).to_pandas()
    assert (rows["t"] == "churned").mean() == pytest.approx(0.25, abs=0.02)


@pytest.mark.slow
def test_a_multiclass_pipeline_runs(project, tmp_path):
    path = write(tmp_path, table(lambda i: ('"red, dark"', "green", "blue")[i % 3], rows=300))
    arguments = ["--from-csv", str(path), "--target", "t"]
    done = project.run("pipeline_code", "new", "colours", *arguments)
    assert "kind: multiclass (it has 3 different values of type text)" in done.stdout, done.stderr
    features = (project.root / "pipeline_code/colours/features.py").read_text()
    assert 'CLASSES = (\n    "blue",\n    "green",\n    "red, dark",\n)' in features
    done = project.run("pytest", "tests/pipelines/colours", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    folders = ["pipeline_code/colours", "tests/pipelines/colours"]
    for command in (["check"], ["format", "--check"]):
        done = project.run("ruff", *command, *folders)
        assert done.returncode == 0, done.stdout


def two_targets(rows=400):
    """Rows with two targets: one grows with `size`, the other falls."""
    rng = random.Random(1)
    lines = ['size,place,"Rent, total",days']
    for _ in range(rows):
        size, place = rng.randrange(20, 120), rng.choice(["north", "south"])
        rent = 10 * size + 200 * (place == "north") + rng.gauss(0, 50)
        days = "" if rng.random() < 0.05 else round(150 - size + rng.gauss(0, 8))
        lines.append(f"{size},{place},{rent:.1f},{days}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize(
    "targets", [["rent_total,days"], ["Rent, total", "days"], ["rent_total , days"]]
)
def test_several_targets_are_one_model(tmp_path, targets):
    columns = detect(read_csv_source(write(tmp_path, two_targets())))
    chosen = choose_target(columns, targets, None)
    assert (chosen.kind, chosen.names) == ("multioutput", ["rent_total", "days"])
    assert "kind: multioutput (there are several targets)" in chosen.reasons


@pytest.mark.parametrize(
    ("targets", "kind", "message"),
    [
        (["days"], "multioutput", "the targets are days: --kind multioutput needs two or more"),
        ([], "multioutput", "the targets are not given: --kind multioutput needs two or more"),
        (["days,days"], None, "two or more different columns"),
        (["days,place"], None, "columns of numbers (place (text) are not numbers)"),
        (["days,size"], "regression", "2 targets are given, and kind is regression"),
        (["days,other"], None, "target is 'other': allowed are the columns size,"),
    ],
)
def test_targets_that_one_model_cannot_predict_are_named(tmp_path, targets, kind, message):
    columns = detect(read_csv_source(write(tmp_path, two_targets())))
    with pytest.raises(InvalidSource) as refused:
        choose_target(columns, targets, kind)
    assert message in str(refused.value)


def test_targets_without_enough_rows_in_common_are_refused(tmp_path):
    # The query of the pipeline reads the rows with values of all targets.
    lines = [
        f"{number},{number * 7 % 50 if number % 2 else ''},{'' if number % 2 else number * 3 % 70}"
        for number in range(400)
    ]
    columns = detect(read_csv_source(write(tmp_path, "\n".join(["size,rent,days", *lines]))))
    with pytest.raises(InvalidSource, match="0 rows have values of the targets rent, days: at lea"):
        choose_target(columns, ["rent,days"], None)


def test_a_header_is_chosen_before_the_name_of_another_column(tmp_path):
    lines = [f"{number},{number * 7 % 50},{number * 3 % 70}" for number in range(400)]
    columns = detect(read_csv_source(write(tmp_path, "\n".join(["size,a b,a_b", *lines]))))
    names = [column.name for column in columns]
    assert choose_target(columns, ["a b", "a_b"], None).names == names[1:]
    assert choose_target(columns, ["a_b"], None).names == names[2:]


@pytest.mark.slow
def test_a_multioutput_pipeline_runs(project, tmp_path):
    path = write(tmp_path, two_targets())
    arguments = ["--from-csv", str(path), "--target", "rent_total,days"]
    done = project.run("pipeline_code", "new", "lets", *arguments)
    assert "targets: rent_total, days (as given)" in done.stdout, done.stderr
    folder = project.root / "pipeline_code/lets"
    assert "WHERE days IS NOT NULL\n" in (folder / "query.sql").read_text()
    rows = Statistics.load(folder / "sample_data/statistics.json").generate(0).to_pandas()
    values = rows[["size", "rent_total", "days"]].astype(float).corr()["size"]
    assert values["rent_total"] > 0.5
    assert values["days"] < -0.5
    done = project.run("pytest", "tests/pipelines/lets", "-q", "-p", "no:cacheprovider")
    assert done.returncode == 0, done.stdout
    folders = ["pipeline_code/lets", "tests/pipelines/lets"]
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy", folders[0]]):
        done = project.run(*command, *(folders if command[0] == "ruff" else []))
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (lambda i: 10**22 + i % 9, "text"),
        (lambda i: f"{1e-9 + i * 1e-12:e}", "decimal"),
        (lambda i: "9999-12-31" if i % 3 else f"2001-01-{i % 28 + 1:02}", "date"),
        (lambda i: f"{i % 12 + 1:02}/15/2020 {i % 12 + 1:02}:30:00 PM", "timestamp"),
        (lambda i: "" if i % 2 else i % 9, "integer"),
        (lambda i: 1_600_000_000_000 + i % 97, "integer"),
        (lambda i: f"{1_600_000_000 + i % 97 / 100:.2f}", "decimal"),
    ],
)
def test_extreme_values_are_kept_and_generated(tmp_path, values, kind):
    path = write(tmp_path, "a,y\n" + "".join(f"{values(i)},{i}\n" for i in range(200)))
    parsed = options(name="churn", from_csv=path, target=["y"])
    assert run(parsed, root=tmp_path) == 0
    statistics = Statistics.load(tmp_path / "pipeline_code/churn/sample_data/statistics.json")
    assert [column.type for column in statistics.columns] == [kind, "integer"]
    real, generated = statistics.convert(path), statistics.generate(0)
    assert real.num_rows == 200
    assert len(set(generated["a"].to_pylist())) > 1


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("order", "name is 'order', which no schema of SQL may have"),
        ("sold", "warehouse/migrations/0001_sold.sql creates the schema sold already"),
    ],
)
def test_a_name_that_no_schema_can_have_is_refused(tmp_path, capsys, name, message):
    migrations = tmp_path / "warehouse/migrations"
    migrations.mkdir(parents=True)
    (migrations / "0001_sold.sql").write_text("-- Rows.\n\nCREATE SCHEMA sold;\n")
    path = write(tmp_path, table(lambda i: i))
    parsed = options(name=name, from_csv=path)
    assert run(parsed, root=tmp_path) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "pipeline_code").exists()


def test_a_refused_file_leaves_nothing(tmp_path, capsys):
    parsed = options(name="churn", from_csv=tmp_path / "no.csv")
    assert run(parsed, root=tmp_path) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert list(tmp_path.iterdir()) == []


def test_a_request_of_the_readme_is_json(project, made):
    readme = (project.root / "pipeline_code/rents/README.md").read_text()
    (request,) = re.findall(r"^\{.*\}$", readme, re.MULTILINE)
    assert "grosse_m2" in json.loads(request)
