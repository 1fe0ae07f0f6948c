"""A plain training script in the code archive runs as with SageMaker's training toolkit."""

from __future__ import annotations

import json
import os
import zipfile

import joblib
import pandas as pd
import pytest

from pipeline_code.archive import build_archive
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.script_mode import script_arguments, script_variables
from tests.application.environments import ROOT
from tests.unit.job import Job

# A typical script for SageMaker's scikit-learn container: argparse with the toolkit's variables as
# defaults, and a model that joblib saves.
SCRIPT = """\
import argparse
import json
import os

import joblib
import pandas as pd
from sklearn.tree import DecisionTreeRegressor

from columns import LABEL


def model_fn(model_dir):
    return joblib.load(os.path.join(model_dir, "model.joblib"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--max-depth", type=int, default=1)
    parser.add_argument("--criterion", type=str, default="squared_error")
    parser.add_argument("--model-dir", type=str, default=os.environ["SM_MODEL_DIR"])
    parser.add_argument("--train", type=str, default=os.environ["SM_CHANNEL_TRAIN"])
    parser.add_argument("--output-data-dir", type=str, default=os.environ["SM_OUTPUT_DATA_DIR"])
    parser.add_argument("--gpus", type=int, default=os.environ["SM_NUM_GPUS"])
    parser.add_argument("--hosts", type=json.loads, default=os.environ["SM_HOSTS"])
    args = parser.parse_args()

    files = [os.path.join(args.train, name) for name in os.listdir(args.train)]
    rows = pd.concat([pd.read_csv(name) for name in files])
    model = DecisionTreeRegressor(max_depth=args.max_depth, criterion=args.criterion)
    model.fit(rows.drop(columns=LABEL), rows[LABEL])
    joblib.dump(model, os.path.join(args.model_dir, "model.joblib"))
    with open(os.path.join(args.output_data_dir, "settings.json"), "w") as file:
        json.dump(vars(args) | {"current": os.environ["SM_CURRENT_HOST"]}, file)
"""
ROWS = "size,price\n" + "".join(f"{size},{size * size}\n" for size in range(64))


@pytest.fixture
def archive(tmp_path):
    """The archive of a pipeline, with further steps."""
    built = build_archive("files", tmp_path, ROOT)
    steps = {
        "plain": SCRIPT,
        "columns": "LABEL = 'price'\n",
        "unguarded": "import os\nprint('hosts', os.environ['SM_HOSTS'])\n",
        "named": "def run(args):\n    print(args)\nif __name__ == '__main__':\n    run('me')\n",
        "paths": "import os, sys\nprint(sys.argv[1:], 'SM_MODEL_DIR' in os.environ)\n",
        "stopped": "import sys\nsys.exit('no rows')\n",
        "finished": "import sys\nsys.exit(0)\n",
        "empty": "'''Does nothing.'''\nimport os\nLIMIT = 1\ndef runs(container):\n    pass\n",
    }
    with zipfile.ZipFile(built, "a") as opened:
        for name, text in steps.items():
            opened.writestr(f"fixed_pipelines/files/{name}.py", text)
    return built


@pytest.fixture
def train(archive, tmp_path):
    """Return a function that runs a training job of a step over a channel with rows."""

    def run(step, **hyperparameters):
        job = Job(archive, tmp_path / step, step, training=True)
        job.configure(hyperparameters=hyperparameters)
        (job.input("train") / "rows.csv").write_text(ROWS)
        return job, job.run()[0]

    return run


def test_a_script_for_the_scikit_learn_container_runs_unchanged(train):
    job, code = train("plain", **{"max-depth": "6", "criterion": "absolute_error"})
    assert code == 0, job.output
    model = joblib.load(job.opt_ml() / "model/model.joblib")
    assert (model.max_depth, model.criterion) == (6, "absolute_error")
    assert model.predict(pd.DataFrame({"size": [8]}))[0] == pytest.approx(64, abs=20)
    settings = json.loads((job.opt_ml() / "output/data/settings.json").read_text())
    assert settings["model_dir"] == str(job.opt_ml() / "model")
    assert settings["train"] == str(job.opt_ml() / "input/data/train")
    assert (settings["hosts"], settings["current"]) == (["algo-1"], "algo-1")
    assert settings["gpus"] == 0
    assert "fixed_pipelines.files.plain done in" in job.output["algo-1"]


def test_an_argument_that_the_script_does_not_know_fails_the_job(train):
    job, code = train("plain", depth="6")
    assert code == 1
    assert job.message() == "fixed_pipelines.files.plain exited with 2: see the log"
    assert "unrecognized arguments: --depth 6" in job.output["algo-1"]


@pytest.mark.parametrize(("step", "printed"), [("unguarded", 'hosts ["algo-1"]'), ("named", "me")])
def test_a_module_without_run_or_with_a_main_block_is_a_script(train, step, printed):
    job, code = train(step)
    assert code == 0, job.output
    assert job.output["algo-1"].startswith(printed)


@pytest.mark.parametrize(
    ("step", "code", "message"),
    [
        ("finished", 0, None),
        ("stopped", 1, "fixed_pipelines.files.stopped exited with 'no rows': see the log"),
        ("empty", 1, "fixed_pipelines.files.empty does nothing: define a function run(container),"),
    ],
)
def test_the_end_of_a_script_is_that_of_the_job(train, step, code, message):
    job, ended = train(step)
    assert ended == code
    if message:
        assert job.message().startswith(message)


def test_a_script_of_a_processing_job_has_neither_variables_nor_arguments(archive, tmp_path):
    job = Job(archive, tmp_path / "paths", "paths")
    job.configure()
    assert job.run() == [0], job.output
    assert job.output["algo-1"].startswith("[] False")


@pytest.fixture
def container(tmp_path, monkeypatch):
    """A training job on two hosts, with hyperparameters in the formats of SDK and service."""
    config = tmp_path / "input/config"
    config.mkdir(parents=True)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    documents = {
        "resourceconfig": {"current_host": "algo-2", "hosts": ["algo-1", "algo-2"]},
        "inputdataconfig": {"train": {}, "validation-2": {}},
        "hyperparameters": {
            "max-depth": "5",
            "objective": "binary:logistic",
            "verbose": "true",
            "k": "1.50",
            "layers": "[1, 2]",
            "prices": '{"b": 2, "a": "x"}',
            "name": '"quoted"',
            "nothing": "null",
            "sagemaker_program": '"train.py"',
            "sagemaker_job_name": '"job"',
            "_tuning_objective_metric": "rmse",
        },
    }
    for name, document in documents.items():
        (config / f"{name}.json").write_text(json.dumps(document))
    return Container(tmp_path)


HYPERPARAMETERS = {
    "k": 1.5,
    "layers": [1, 2],
    "max-depth": 5,
    "name": "quoted",
    "nothing": None,
    "objective": "binary:logistic",
    "prices": {"a": "x", "b": 2},
    "verbose": True,
}


def test_variables_are_the_toolkit_s(container, tmp_path):
    variables = script_variables(container)
    assert json.loads(variables.pop("SM_HPS")) == HYPERPARAMETERS
    assert json.loads(variables.pop("SM_USER_ARGS")) == script_arguments(HYPERPARAMETERS)
    assert variables == {
        "SM_CHANNELS": '["train","validation-2"]',
        "SM_CHANNEL_TRAIN": str(tmp_path / "input/data/train"),
        "SM_CHANNEL_VALIDATION-2": str(tmp_path / "input/data/validation-2"),
        "SM_CURRENT_HOST": "algo-2",
        "SM_HOSTS": '["algo-1","algo-2"]',
        "SM_HP_K": "1.5",
        "SM_HP_LAYERS": "[1,2]",
        "SM_HP_MAX-DEPTH": "5",
        "SM_HP_NAME": "quoted",
        "SM_HP_NOTHING": "",
        "SM_HP_OBJECTIVE": "binary:logistic",
        "SM_HP_PRICES": '{"a":"x","b":2}',
        "SM_HP_VERBOSE": "true",
        "SM_INPUT_CONFIG_DIR": str(tmp_path / "input/config"),
        "SM_INPUT_DIR": str(tmp_path / "input"),
        "SM_MODEL_DIR": str(tmp_path / "model"),
        "SM_NUM_CPUS": str(os.cpu_count()),
        "SM_NUM_GPUS": "0",
        "SM_OUTPUT_DATA_DIR": str(tmp_path / "output/data"),
        "SM_OUTPUT_DIR": str(tmp_path / "output"),
    }
    assert (tmp_path / "output/data").is_dir()


def test_arguments_are_the_toolkit_s():
    assert script_arguments(HYPERPARAMETERS) == [
        *("-k", "1.5", "--layers", "[1, 2]", "--max-depth", "5", "--name", "quoted"),
        *("--nothing", "", "--objective", "binary:logistic", "--prices", "a=x,b=2"),
        *("--verbose", "True"),
    ]


def test_gpus_are_counted(container, tmp_path):
    (tmp_path / "bin").mkdir()
    command = tmp_path / "bin/nvidia-smi"
    command.write_text("#!/bin/sh\necho 'GPU 0: A10G'\necho 'GPU 1: A10G'\necho other\n")
    command.chmod(0o755)
    assert script_variables(container)["SM_NUM_GPUS"] == "2"
