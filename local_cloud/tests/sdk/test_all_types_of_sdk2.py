"""One definition of the SageMaker SDK 2 with all types of steps runs.

The SDK has its own virtual environment, `.sdk2`, which `make test-old-sdk` installs. It has no
steps of EMR Serverless.
"""

from __future__ import annotations

from pathlib import Path

import pytest

PYTHON = Path(__file__).parents[3] / ".sdk2" / "bin" / "python"

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def result(run_project, answered_queue, doubling, emr):
    return run_project("all_types_of_sdk2", PYTHON, answered_queue, doubling, *emr[:3])


def test_every_step_succeeds(result):
    assert result["reasons"] == []
    names = ("Prepare", "Quality", "Bias", "Train", "Tune", "Search", "Create-CreateModel")
    checks = ("ModelBias", "Explain", "ModelQuality")
    others = ("Register-RegisterModel", "Predict", "Shared", "Own", "Double", "Ask", "Check")
    assert result["steps"] == dict.fromkeys([*names, *checks, *others], "Succeeded")
    assert set(result["types"]) == {
        *("AutoML", "Callback", "ClarifyCheck", "Condition", "EMR", "Lambda", "Model"),
        "Processing",
        *("QualityCheck", "RegisterModel", "Training", "Transform", "Tuning"),
    }


def test_the_fail_step_ends_an_execution(result):
    assert result["rejected"] == "too many rows"


def test_the_next_execution_is_checked_against_the_registered_baselines(result):
    assert result["checked"] == {"Quality": "Succeeded", "Bias": "Succeeded"}
