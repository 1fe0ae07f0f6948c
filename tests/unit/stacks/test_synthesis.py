"""Synthesis is deterministic, works offline and needs no credentials."""

import dataclasses
import filecmp
import json
import os
import subprocess
import sys

import pytest

from pipeline_code.source_files import source_files
from stacks.application import build_app, new_app
from tests.application.environments import DEMAND, ENVIRONMENTS, FIXED, RETAINED
from tests.application.synthesised import synthesised


def differences(comparison):
    yield from (*comparison.left_only, *comparison.right_only, *comparison.funny_files)
    _, mismatches, errors = filecmp.cmpfiles(
        comparison.left, comparison.right, comparison.common_files, shallow=False
    )
    yield from (*mismatches, *errors)
    for inner in comparison.subdirs.values():
        yield from differences(inner)


OTHERS = [pytest.param(name, marks=pytest.mark.slow) for name in ENVIRONMENTS if name != "basic"]


@pytest.mark.parametrize("name", ["basic", *OTHERS])
def test_two_syntheses_are_equal_to_the_byte(name, tmp_path):
    build_app(ENVIRONMENTS[name], new_app(tmp_path), **FIXED).synth()
    first = synthesised(name).folder
    assert list(differences(filecmp.dircmp(first, tmp_path))) == []


def test_another_process_without_network_or_credentials_gives_the_same(repository, tmp_path):
    script = f"""
import socket, sys
def refuse(*arguments): raise OSError("synthesis must not reach the network")
socket.socket.connect = refuse
sys.argv[0] = "app.py"
from stacks.application import build_app, new_app
from tests.application.environments import BASIC, FIXED, ROOT
from pathlib import Path
build_app(BASIC, new_app(Path({str(tmp_path)!r})), **FIXED).synth()
heavy = sorted({{"sagemaker", "boto3", "botocore", "cdk_nag"}} & set(sys.modules))
print(heavy)
"""
    # jsii keeps its packages in the home folder; the test hides AWS' files there.
    bare = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ["HOME"],
        "TZ": "Pacific/Apia",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    }
    child = subprocess.run(
        [sys.executable, "-c", script], cwd=repository, env=bare, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr
    assert child.stdout.strip() == "[]"
    first = synthesised("basic").folder
    assert list(differences(filecmp.dircmp(first, tmp_path))) == []


def test_a_named_account_needs_no_lookup(tmp_path):
    named = dataclasses.replace(RETAINED, pipelines=(), account="123456789012")
    build_app(named, new_app(tmp_path)).synth()
    assert "missing" not in json.loads((tmp_path / "manifest.json").read_text())
    network = json.loads((tmp_path / "redline-retained-network.template.json").read_text())
    subnets = [
        resource["Properties"]["AvailabilityZone"]
        for resource in network["Resources"].values()
        if resource["Type"] == "AWS::EC2::Subnet"
    ]
    assert subnets == ["us-east-1a", "us-east-1b", "us-east-1c"]


def test_a_pipeline_that_is_off_has_no_stack(tmp_path):
    schedule = dataclasses.replace(DEMAND.schedule, enabled=False)
    off = dataclasses.replace(DEMAND, enabled=False, schedule=schedule)
    build_app(dataclasses.replace(RETAINED, pipelines=(off,)), new_app(tmp_path), **FIXED).synth()
    stacks = sorted(path.name for path in tmp_path.glob("*.template.json"))
    assert stacks == [
        f"redline-retained-{part}.template.json"
        for part in ("alerts", "data", "network", "operations", "studio", "warehouse")
    ]


def test_stacks_do_not_read_the_process_environment(repository):
    sources = [repository / "app.py", *source_files(repository / "stacks", "**/*.py")]
    assert not [path.name for path in sources if "environ" in path.read_text().split("os.")[1:]]
    assert not [path.name for path in sources if "import os" in path.read_text()]
