"""The test of this repository, which its delivery runs."""

import json
from pathlib import Path


def test_a_model_must_be_better_than_the_mean():
    assert json.loads(Path("threshold.json").read_text())["MaxErrorRatio"] < 1
