"""`make smoke` on a laptop cloud of its own, and its recording compared with earlier recordings."""

from __future__ import annotations

import json
import re
import shlex
import sys
from pathlib import Path

import pytest

from pipeline_code.source_files import source_files
from tests.integration.laptop import REPOSITORY, Laptop, started
from tests.integration.replay import calls, differences

pytestmark = pytest.mark.laptop

PHASES = ["deploy", "load", "train", "approve", "predict", "batch", "monitor", "destroy"]
# Each folder is the recording of a run, on AWS or on the laptop.
RECORDINGS = sorted(
    {path.parent for path in source_files(REPOSITORY / "tests" / "recordings", "*/*.jsonl")}
)


def smoke(laptop: Laptop, folder: Path, *, deploy: str, destroy: str, code: int):
    """Run the command. Return the result of each phase and the folder of the recording."""
    command = [sys.executable, "-m", "operations", "--env", "local", "smoke", "--json"]
    commands = ["--recordings", folder, "--deploy", deploy, "--destroy", destroy]
    ended = laptop.run("exec", *command, *commands, code=code)
    (recording,) = folder.iterdir()
    return {each["phase"]: each for each in json.loads(ended.stdout)}, recording, ended.stderr


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    """A laptop cloud on which nothing is deployed."""
    with started(Laptop(tmp_path_factory.mktemp("smoke") / "state")) as laptop:
        yield laptop


@pytest.fixture(scope="module")
def whole(empty, tmp_path_factory):
    """The results, the recording and the messages of a run."""
    deploy, destroy = (shlex.join(empty.command(name, "local")) for name in ("deploy", "destroy"))
    folder = tmp_path_factory.mktemp("recordings")
    return smoke(empty, folder, deploy=deploy, destroy=destroy, code=0)


def test_a_failed_deployment_is_reported_and_destroyed(empty, tmp_path):
    script = "import sys; sys.exit('the key is not valid')"
    results, recording, messages = smoke(
        empty,
        tmp_path,
        deploy=shlex.join([sys.executable, "-c", script]),
        destroy="true",
        code=1,
    )
    assert {name: each["status"] for name, each in results.items()} == {
        **dict.fromkeys(PHASES, "skipped"),
        "deploy": "failed",
        "destroy": "ok",
    }
    assert "the key is not valid" in results["deploy"]["found"]
    assert results["deploy"]["recording"] == str(recording / "1-deploy.jsonl")
    assert f"Its recording is in {recording}." in messages


def test_every_phase_succeeds_and_says_what_it_saw(whole):
    results, _, _ = whole
    assert {name: each["status"] for name, each in results.items()} == dict.fromkeys(PHASES, "ok")
    found = {name: each["found"] for name, each in results.items()}
    assert re.fullmatch(r"\d+ stacks, \d+ resources", found["deploy"])
    assert "sales 172,456" in found["load"]
    assert re.match(
        r"r2 0\.\d+, .*; arn:aws:sagemaker:.* is PendingManualApproval$", found["train"]
    )
    assert "InService with model-package/redline-local-tickit/1" in found["approve"]
    assert found["predict"].startswith("3 predictions: ")
    assert found["predict"].endswith("an invalid request has the status 400")
    assert re.fullmatch(r"(\d+) rows extracted, \1 predictions loaded", found["batch"])
    assert "drifted_columns 0" in found["monitor"]
    assert "KMS::Key" in found["destroy"]


def test_every_phase_has_a_recording_and_repeated_polls_are_one_line(whole):
    _, recording, _ = whole
    assert {phase for phase, _ in calls(recording)} == set(PHASES)
    polls = [
        call
        for phase, call in calls(recording)
        if (phase, call["operation"]) == ("train", "DescribePipelineExecution")
    ]
    assert len(polls) <= 3
    assert sum(call["count"] for call in polls) > len(polls)


@pytest.mark.parametrize("recorded", RECORDINGS, ids=lambda path: path.name)
def test_the_laptop_answers_as_recorded(whole, recorded):
    """A difference shows where the laptop cloud does not respond like the recorded service."""
    _, replayed, _ = whole
    assert differences(recorded, replayed) == []
