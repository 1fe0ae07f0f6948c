"""The compiled definition: kept until stale, equal at every run, offline, clear when it fails."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

from pipeline_code.definition import CompileError, compiled

BODY = {
    "Version": "2020-12-01",
    "Parameters": [],
    "MlflowConfig": None,
    "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}],
}
PIPELINE = """
import json
print("what an SDK says while it is imported")

class Small:
    def definition(self):
        return json.dumps({body!r})

def pipeline():
    return Small()
"""
# Runs a module where any use of the network raises.
WITHOUT_NETWORK = """
import runpy, socket, sys

def refuse(*args, **kwargs):
    raise OSError("no network here")

socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
module, *sys.argv[1:] = sys.argv[1:]
runpy.run_module(module, run_name="__main__")
"""
ASK = """
import sys
from pipeline_code.definition import compiled
from pipeline_code.definition.errors import DefinitionError
try:
    print(compiled("small").body["Steps"][0]["Arguments"]["ErrorMessage"])
except DefinitionError as error:
    print(type(error).__name__, error)
slow = {"sagemaker", "botocore", "boto3"} & set(sys.modules)
print(f"imported: {sorted(slow)}")
"""


@pytest.fixture
def checkout(tmp_path, repository):
    """A checkout that holds this package and one small pipeline."""
    package = tmp_path / "pipeline_code"
    ignore = shutil.ignore_patterns("__pycache__")
    shutil.copytree(
        repository / "pipeline_code" / "definition", package / "definition", ignore=ignore
    )
    shutil.copy(repository / "pipeline_code" / "pipelines.py", package)
    (package / "__init__.py").touch()
    (package / "small").mkdir()
    write(tmp_path, BODY)
    return tmp_path


def write(checkout, body):
    (checkout / "pipeline_code" / "small" / "pipeline.py").write_text(PIPELINE.format(body=body))


def ask(checkout):
    """What `compiled` gives or raises, in a process of its own."""
    child = subprocess.run(
        [sys.executable, "-c", ASK], cwd=checkout, capture_output=True, text=True, check=True
    )
    return child.stdout


def kept(checkout):
    return sorted((checkout / ".build" / "definitions").glob("*.json"))


def with_message(message):
    steps = [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": message}}]
    return {**BODY, "Steps": steps}


def test_the_parent_gets_the_definition_and_imports_nothing_slow(checkout):
    assert ask(checkout) == "no\nimported: []\n"
    (file,) = kept(checkout)
    assert file.name.startswith("small-")
    assert "MlflowConfig" not in json.loads(file.read_text())["body"]


def test_what_is_kept_is_used(checkout):
    ask(checkout)
    (file,) = kept(checkout)
    file.write_text(file.read_text().replace('"no"', '"kept"'))
    assert ask(checkout).startswith("kept\n")


@pytest.mark.parametrize("damage", ["", '{"body": {"Steps"', "[]", '{"body": {}}', "\x00"])
def test_a_damaged_file_is_made_again(checkout, damage):
    ask(checkout)
    (file,) = kept(checkout)
    file.write_text(damage)
    assert ask(checkout).startswith("no\n")
    assert kept(checkout) == [file]


def test_a_change_of_the_pipeline_its_sql_or_this_package_makes_it_stale(checkout):
    ask(checkout)
    write(checkout, with_message("changed"))
    assert ask(checkout).startswith("changed\n")
    (checkout / "pipeline_code" / "small" / "query.sql").write_text("SELECT 1")
    ask(checkout)
    (checkout / "pipeline_code" / "definition" / "lint" / "more.py").write_text("# a rule")
    ask(checkout)
    assert len(kept(checkout)) == 4


def test_step_scripts_do_not_make_it_stale(checkout):
    ask(checkout)
    (checkout / "pipeline_code" / "small" / "train.py").write_text("# changed")
    ask(checkout)
    assert len(kept(checkout)) == 1


def test_a_definition_that_raises_shows_its_own_error(checkout):
    path = checkout / "pipeline_code" / "small" / "pipeline.py"
    path.write_text("def pipeline():\n    raise ValueError('no such table')\n")
    said = ask(checkout)
    assert said.startswith("CompileError the definition of 'small'")
    assert "ValueError: no such table" in said
    assert kept(checkout) == []


def test_a_definition_that_breaks_rules_lists_every_finding(checkout):
    steps = [{"Name": name, "Type": "Sleep", "Arguments": {}} for name in ("One", "Two")]
    write(checkout, {**BODY, "Steps": steps})
    said = ask(checkout)
    assert said.startswith("LintError small: 2 findings")
    assert "step One" in said
    assert "step Two" in said
    assert kept(checkout) == []


def test_an_unknown_pipeline_is_refused_with_what_exists():
    with pytest.raises(CompileError, match="no pipeline named 'tickets': known are .*tickit"):
        compiled("tickets")


def test_tickit_is_equal_at_every_run_offline_and_whoever_runs_it(tickit, repository, tmp_path):
    environment = {
        **os.environ,
        "AWS_PROFILE": "somebody",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://localhost:1",
        "HOME": str(tmp_path),
        "PYTHONHASHSEED": "7",
    }
    command = [sys.executable, "-c", WITHOUT_NETWORK, "pipeline_code.definition"]
    child = subprocess.run(
        [*command, "compile", "tickit"],
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    document = json.loads(child.stdout)
    assert json.dumps(document["body"]) == json.dumps(tickit.body)
    assert json.dumps(document["image_uris"]) == json.dumps(tickit.image_uris)
    assert child.stderr == ""
