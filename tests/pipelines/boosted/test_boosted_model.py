"""LightGBM trains and answers from the wheels of requirements.txt (`make wheels`)."""

import json
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

# Loads the model like its container: with the packages in its own folder only.
ASK = """
import sys
from pathlib import Path

import inference
import lightgbm
from pipeline_code.boosted.inference import input_fn, model_fn, output_fn, predict_fn

model = model_fn(sys.argv[1])
rows = input_fn(b"size,kind\\n5.0,plain\\n5.0,rare\\n", "text/csv")
print(Path(lightgbm.__file__).is_relative_to(Path(sys.argv[1])))
print(output_fn(predict_fn(rows, model), "text/csv")[0])
"""


def test_the_model_is_better_than_guessing(evaluated):
    path, _plots = evaluated.parts("evaluation")
    metrics = json.loads(path.read_text())["regression_metrics"]
    assert metrics["rmse_ratio"]["value"] < 0.6
    assert metrics["r2"]["value"] > 0.6


def test_the_model_brings_its_packages(trained):
    model = trained.opt_ml() / "model"
    path = f"{model / 'code'}"
    asked = subprocess.run(
        [sys.executable, "-c", ASK, str(model)],
        env={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=model,
        capture_output=True,
        text=True,
        check=False,
    )
    assert asked.returncode == 0, asked.stderr
    own, plain, rare = asked.stdout.split()
    assert own == "True"
    assert float(plain) < float(rare)


def test_the_model_records_the_version_of_its_packages(trained):
    facts = json.loads((trained.opt_ml() / "model" / "model.json").read_text())
    assert facts["lightgbm"] == "4.6.0"
