"""The query and the model's quality on the complete generated and real databases."""

import csv
import json

import duckdb
import pytest
import sqlglot

from pipeline_code.tickit.sample_data.__main__ import main as generate
from pipeline_code.tickit.sample_data.tables import TABLES

pytestmark = pytest.mark.slow

# Table -> types of the columns that the query uses; other columns are read as text.
TYPED = {
    "date": {"dateid": "SMALLINT", "caldate": "DATE", "holiday": "BOOLEAN"},
    "event": dict.fromkeys(("eventid", "venueid", "catid", "dateid"), "INTEGER"),
    "sales": {"eventid": "INTEGER", "qtysold": "SMALLINT"},
}


@pytest.fixture(scope="session")
def generated(tmp_path_factory):
    folder = tmp_path_factory.mktemp("whole")
    generate(["--output", str(folder)])
    return folder


@pytest.fixture
def query(repository):
    """Return a function that runs a query file over a folder and returns or writes the rows."""

    def run(folder, name, *, to=None):
        text = (repository / "pipeline_code/tickit" / name).read_text()
        (statement,) = sqlglot.transpile(text, read="redshift", write="duckdb")
        with duckdb.connect() as warehouse:
            for table in TYPED:
                _load(warehouse, folder, table)
            if to is None:
                return warehouse.execute(statement).fetchall()
            return warehouse.execute(f"COPY ({statement}) TO '{to}' (FORMAT csv, HEADER false)")

    return run


def _load(warehouse, folder, table):
    published = TABLES[table]
    columns = {name: TYPED[table].get(name, "VARCHAR") for name in published.columns}
    warehouse.execute(
        f"CREATE TABLE {table} AS SELECT * FROM read_csv('{folder}/{published.file}*', "
        f"delim='{published.delimiter}', header=false, quote='', escape='', columns={columns})"
    )


@pytest.fixture
def metrics(query, preprocess, train, evaluate, tmp_path):
    """Return a function that runs the steps over a folder of files and returns the metrics."""

    def run(folder):
        query(folder, "query.sql", to=tmp_path / "rows.csv")
        lines = (tmp_path / "rows.csv").read_text().splitlines()
        preprocessing, _ = preprocess(hosts=2, lines=lines)
        training, _ = train(preprocessing)
        evaluation, codes = evaluate(training, preprocessing)
        assert codes == [0], evaluation.output
        report = json.loads(evaluation.parts("evaluation")[0].read_text())
        return {name: metric["value"] for name, metric in report["regression_metrics"].items()}

    return run


def test_model_of_generated_data_learns_the_signal(generated, metrics):
    measured = metrics(generated)
    assert measured["r2"] > 0.6
    assert measured["rmse_ratio"] < 0.6


@pytest.mark.real_data
def test_queries_give_the_published_result(real_data, query):
    with (real_data / "tickit/query_result.csv").open() as file:
        published = sorted(
            (int(row["total_sold"]), int(row["venueid"]), int(row["catid"]), row["caldate"])
            + (row["holiday"] == "True",)
            for row in csv.DictReader(file)
        )
    assert len(published) == 8_113
    for name in ("query_article.sql", "query.sql"):
        rows = query(real_data / "tickit", name)
        shown = sorted((row[0], row[1], row[2], row[3].isoformat(), row[4]) for row in rows)
        assert shown == published


@pytest.mark.real_data
def test_model_of_real_data_is_good_enough(real_data, metrics):
    measured = metrics(real_data / "tickit")
    assert measured["r2"] >= 0.40
    assert measured["rmse_ratio"] <= 0.8


@pytest.mark.real_data
def test_missing_real_tables_are_generated(real_data, tmp_path, capsys):
    generate(["--output", str(tmp_path), "--missing-from", str(real_data / "tickit")])
    assert capsys.readouterr().out.splitlines() == [
        "generated users: 49,990 rows in allusers_pipe.txt",
        "generated listing: 192,497 rows in listings_pipe.txt",
    ]
