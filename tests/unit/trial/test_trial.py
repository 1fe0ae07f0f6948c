"""`python -m pipeline_code try` runs the scripts of shipped pipelines in this process."""

import json
import pdb

import pytest

from pipeline_code.__main__ import main
from pipeline_code.compiler import compiled
from pipeline_code.insurance import etl
from pipeline_code.trial import TrialError, command, sample_warehouse
from pipeline_code.trial.assembly import open_trial
from tests.application.environments import ROOT


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch, plain_moto):
    """The folder of the trials."""
    monkeypatch.setattr(command, "FOLDER_OF_TRIALS", tmp_path)
    return tmp_path


def test_every_script_runs_and_its_files_stay(folder, capsys):
    assert main(["try", "insurance"]) == 0
    assert (folder / "insurance/etl/processing/output/clean").is_dir()
    (published,) = folder.glob("insurance/publish/processing/output/*/*.json")
    assert json.loads(published.read_text())["execution_id"] == "trial"
    assert f"The files of the jobs are in {folder / 'insurance'}." in capsys.readouterr().out


def test_a_failed_script_is_reported_as_its_job_would_and_debugged(monkeypatch, capsys):
    debugged = []

    def run(container):
        print(container.opt_ml)
        return {}["price"]

    monkeypatch.setattr(etl, "run", run)
    monkeypatch.setattr(pdb, "post_mortem", debugged.append)
    assert main(["try", "insurance", "--pdb"]) == 1
    found = capsys.readouterr()
    line = run.__code__.co_firstlineno + 2
    assert f"etl: KeyError: 'price' (test_trial.py, line {line})" in found.out
    assert "Traceback" in found.err
    (trace,) = debugged
    while trace.tb_next:
        trace = trace.tb_next
    assert trace.tb_frame.f_code is run.__code__


def test_steps_that_need_a_registry_are_named(capsys):
    assert (
        main(["try", "tickit-batch", "-p", "FirstDay=2008-12-01", "-p", "LastDay=2008-12-03"]) == 0
    )
    out = capsys.readouterr().out
    assert "LatestModel was not run: a Lambda step runs on AWS or the laptop cloud" in out
    assert "HasWork was not run: needs LatestModel" in out
    (rows,) = [line for line in out.splitlines() if line.startswith("Extract: ")]
    assert rows != "Extract: 0 rows"


@pytest.mark.slow
def test_an_incremental_extraction_unloads_its_period(capsys):
    period = ("-p", "FirstDay=2008-12-01", "-p", "LastDay=2008-12-03")
    main(["try", "tickit", "-o", "extraction=incremental", *period])
    (incremental,) = extracted_rows(capsys)
    main(["try", "tickit", "-o", "extraction=unload", *period])
    assert extracted_rows(capsys) == [incremental]
    assert incremental != "Extract: 0 rows"


def extracted_rows(capsys):
    return [line for line in capsys.readouterr().out.splitlines() if line.startswith("Extract: ")]


@pytest.mark.slow
def test_a_gate_decides_from_the_metrics_of_the_model(capsys):
    assert main(["try", "bank", "-p", "MinAuc=0.99"]) == 2
    found = capsys.readouterr()
    assert "Extract: 41,188 rows" in found.out
    assert "HasValidData: rejected_rules 0 = 0: yes" in found.out
    assert "≥ 0.99 and champion_comparison.difference 0 ≥ 0.0: no" in found.out
    assert found.err.startswith("error: RejectModel: The model is not good enough")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nosuch"], "there is no pipeline named 'nosuch'"),
        (["insurance", "-p", "X=1"], "Pipeline parameters ['X'] are not defined"),
        (["insurance", "-p", "Labels=maybe"], "is not of type Boolean"),
        (["insurance", "-p", "Labels"], "'Labels' is not of the form NAME=VALUE"),
        (["tickit", "-o", "extraction=x"], "allowed are dataset, unload, long_unload"),
        (["insurance", "-p", "DatasetDate=2001-01-01"], "etl: ClientError: "),
        (["insurance", "--warehouse", "nosuch"], "existing/nosuch/tables.sql does not exist"),
    ],
)
def test_wrong_input_is_an_error_that_names_the_value(arguments, message, capsys):
    assert main(["try", *arguments]) == 2
    found = capsys.readouterr()
    assert message in found.err
    assert "Traceback" not in found.err


def test_the_tables_of_an_existing_warehouse_are_created(tmp_path, monkeypatch):
    described = tmp_path / "analytics"
    described.mkdir()
    (described / "tables.sql").write_text("CREATE TABLE shop.orders (price INTEGER);")
    (described / "personal_columns.toml").touch()
    monkeypatch.setattr(sample_warehouse, "EXISTING", tmp_path)
    with sample_warehouse.sample_warehouse([], tmp_path, existing="analytics") as warehouse:
        assert warehouse.run("INSERT INTO shop.orders VALUES (1), (2)") == 2


def test_a_pipeline_in_the_image_of_a_dockerfile_is_not_tried(tmp_path):
    shaped = compiled("shaped", root=ROOT)
    with (
        pytest.raises(TrialError, match="shaped runs in the image of its Dockerfile"),
        open_trial(shaped, tmp_path / "trial", data=None, existing=None, parameters={}),
    ):
        pass
