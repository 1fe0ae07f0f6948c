"""Definitions are compiled offline and deterministically, and cached until they are stale."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline_code.compiler import CompileError, compiled
from pipeline_code.compiler.files import with_files
from tests.application.environments import ROOT
from tests.left_by_editors import copy_sources

BODY = {
    "Version": "2020-12-01",
    "Parameters": [],
    "Steps": [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": "no"}}],
}
PIPELINE = """
from pathlib import Path
from types import SimpleNamespace
from pipeline_code.compiler import Manifest
print("what an SDK says while it is imported")
with Path(__file__).parents[2].joinpath("imports").open("a") as imports:
    imports.write("{name} ")

def pipeline():
    manifest = Manifest(steps=(), environment=(), image_uris={{}}, tags={{}})
    return SimpleNamespace(body={body!r}, manifest=manifest)
"""
# Runs a module; any use of the network raises an error.
WITHOUT_NETWORK = """
import runpy, socket, sys

def refuse(*args, **kwargs):
    raise OSError("no network here")

socket.socket.connect = socket.getaddrinfo = socket.create_connection = refuse
module = sys.argv[1]
runpy.run_module(module, run_name="__main__")
"""
ASK = """
import sys
from pipeline_code.compiler import DefinitionError, Request, compiled_all
try:
    for found in compiled_all(Request(name) for name in sys.argv[1:]):
        print(found.body["Steps"][0]["Arguments"]["ErrorMessage"])
except DefinitionError as error:
    print(type(error).__name__, error)
slow = {"sagemaker", "botocore", "boto3"} & set(sys.modules)
print(f"imported: {sorted(slow)}")
"""


@pytest.fixture
def checkout(tmp_path, repository):
    """A checkout with this package and one small pipeline."""
    package = tmp_path / "pipeline_code"
    copy_sources(repository / "pipeline_code" / "compiler", package / "compiler")
    for name in ("imported_modules.py", "pipelines.py", "source_files.py"):
        shutil.copy(repository / "pipeline_code" / name, package)
    (package / "__init__.py").touch()
    rules = Path("local_cloud", "definition_rules")
    (package / "runtime").mkdir()
    for name in ("__init__", "container", "job_errors", "metric_names", "wheels"):
        shutil.copy(repository / "pipeline_code" / "runtime" / f"{name}.py", package / "runtime")
    copy_sources(repository / rules, tmp_path / rules)
    (tmp_path / "local_cloud" / "__init__.py").touch()
    (tmp_path / "warehouse").mkdir()
    for name in ("__init__.py", "sql_splitter.py"):
        shutil.copy(repository / "warehouse" / name, tmp_path / "warehouse")
    write(tmp_path, BODY)
    return tmp_path


def write(checkout, body, *, name="small"):
    folder = checkout / "pipeline_code" / name
    folder.mkdir(exist_ok=True)
    (folder / "pipeline.py").write_text(PIPELINE.format(body=body, name=name))


def asking(checkout, *names):
    """Start a process that requests compiled definitions."""
    return subprocess.Popen(
        [sys.executable, "-c", ASK, *(names or ["small"])],
        cwd=checkout,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(checkout, *names):
    """Return the result or the error of `compiled_all` in a separate process."""
    child = asking(checkout, *names)
    said, _ = child.communicate()
    assert child.returncode == 0
    return said


def compilations(checkout):
    """Return the pipelines that were imported so far, in order."""
    return (checkout / "imports").read_text().split()


def kept(checkout):
    return sorted((checkout / ".build" / "definitions").glob("*.json"))


def with_message(message):
    steps = [{"Name": "Stop", "Type": "Fail", "Arguments": {"ErrorMessage": message}}]
    return {**BODY, "Steps": steps}


def test_the_parent_gets_the_definition_and_never_imports_the_sdk(checkout):
    assert ask(checkout) == "no\nimported: ['botocore']\n"
    (file,) = kept(checkout)
    assert file.name.startswith("small-")


def test_what_is_kept_and_was_accepted_needs_nothing_slow(checkout):
    ask(checkout)
    assert ask(checkout) == "no\nimported: []\n"


def test_one_process_compiles_all_that_is_stale(checkout):
    write(checkout, with_message("other"), name="other")
    ask(checkout, "other")
    write(checkout, with_message("third"), name="third")
    said = ask(checkout, "third", "other", "small", "third")
    assert said.splitlines()[:4] == ["third", "other", "no", "third"]
    assert compilations(checkout) == ["other", "third", "small"]


def test_one_that_does_not_compile_leaves_the_others_compiled(checkout):
    folder = checkout / "pipeline_code" / "broken"
    folder.mkdir()
    (folder / "pipeline.py").write_text("raise ValueError('no such table')")
    assert ask(checkout, "broken", "small").startswith("CompileError the definition of 'broken'")
    assert [path.name.partition("-")[0] for path in kept(checkout)] == ["small"]


def test_all_that_do_not_compile_are_named(checkout):
    for name, source in (("broken", "def pipeline(:"), ("wrong", "raise ValueError('no')")):
        folder = checkout / "pipeline_code" / name
        folder.mkdir()
        (folder / "pipeline.py").write_text(source)
    said = ask(checkout, "broken", "small", "wrong")
    assert f"{checkout}/pipeline_code/broken/pipeline.py, line 1: invalid syntax" in said
    assert "the definition of 'wrong'" in said
    assert "ValueError: no" in said


def test_two_processes_never_compile_the_same_at_once(checkout):
    both = [asking(checkout), asking(checkout)]
    assert [child.communicate()[0].splitlines()[0] for child in both] == ["no", "no"]
    assert compilations(checkout) == ["small"]


def test_what_is_kept_is_used(checkout):
    ask(checkout)
    (file,) = kept(checkout)
    file.write_text(file.read_text().replace('"no"', '"kept"'))
    assert ask(checkout).startswith("kept\n")


@pytest.mark.parametrize(
    "damage",
    ["", '{"body": {"Steps"', "[]", '{"body": {}}', "\x00", '{"body": {}, "manifest": {}}'],
)
def test_a_damaged_file_is_made_again(checkout, damage):
    ask(checkout)
    (file,) = kept(checkout)
    file.write_text(damage)
    assert ask(checkout).startswith("no\n")
    assert kept(checkout) == [file]


def test_a_change_of_the_pipeline_the_compiler_or_the_steps_makes_it_stale(checkout):
    ask(checkout)
    write(checkout, with_message("changed"))
    assert ask(checkout).startswith("changed\n")
    (checkout / "pipeline_code" / "compiler" / "more.py").write_text("# more")
    ask(checkout)
    (checkout / "pipeline_code" / "workflow").mkdir()
    (checkout / "pipeline_code" / "workflow" / "more.py").write_text("# more")
    ask(checkout)
    assert len(kept(checkout)) == len(compilations(checkout)) == 4


def test_a_changed_query_is_linted_again_and_not_compiled(checkout):
    query = checkout / "pipeline_code" / "small" / "query.sql"
    query.write_text("SELECT 1\n")
    write(checkout, with_message({"Get": "Text.query.sql"}))
    assert ask(checkout) == "SELECT 1\nimported: ['botocore']\n"
    query.write_text("SELECT 2\n")
    assert ask(checkout) == "SELECT 2\nimported: ['botocore']\n"
    assert compilations(checkout) == ["small"]


def test_a_new_rule_is_applied_to_what_is_kept(checkout):
    ask(checkout)
    rules = checkout / "pipeline_code" / "compiler" / "lint" / "house" / "__init__.py"
    rules.write_text(rules.read_text().replace("yield from rule", "raise KeyError('new') or rule"))
    child = subprocess.run(
        [sys.executable, "-c", ASK, "small"], cwd=checkout, capture_output=True, text=True
    )
    assert "KeyError: 'new'" in child.stderr
    assert compilations(checkout) == ["small"]


def test_a_query_that_is_missing_is_named(checkout):
    write(checkout, with_message({"Get": "Text.query.sql"}))
    assert "has no file 'query.sql': it has no SQL file" in ask(checkout)


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


def test_the_error_of_a_definition_that_calls_aws_has_a_remedy(checkout):
    path = checkout / "pipeline_code" / "small" / "pipeline.py"
    path.write_text(
        "def pipeline():\n    import boto3\n    boto3.client('sts').get_caller_identity()\n"
    )
    said = ask(checkout)
    assert "EndpointConnectionError" in said
    assert "create the step with p.processing" in said


def test_a_definition_that_breaks_rules_lists_every_finding(checkout):
    steps = [{"Name": name, "Type": "Sleep", "Arguments": {}} for name in ("One", "Two")]
    write(checkout, {**BODY, "Steps": steps})
    said = ask(checkout)
    assert said.startswith("LintError small: 2 findings")
    assert "step One" in said
    assert "step Two" in said
    assert ask(checkout) == said  # a second call does not accept it either


def test_an_unknown_pipeline_is_refused_with_what_exists():
    with pytest.raises(CompileError, match="no pipeline named 'tickets': known are [a-z]"):
        compiled("tickets")


def test_a_definition_is_equal_at_every_run_offline_and_for_every_user(repository, tmp_path):
    environment = {
        **os.environ,
        "AWS_PROFILE": "another",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ENDPOINT_URL": "http://localhost:2",
        "HOME": str(tmp_path),
        "PYTHONHASHSEED": "7",
    }
    child = subprocess.run(
        [sys.executable, "-c", WITHOUT_NETWORK, "pipeline_code.compiler.child"],
        input=json.dumps([{"name": "demand", "options": {}, "root": str(ROOT)}]),
        cwd=repository,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    (document,) = json.loads(child.stdout)
    demand = compiled("demand", root=ROOT)
    body = with_files(document["body"], ROOT / "demand")
    assert json.dumps(body) == json.dumps(demand.body)
    assert json.dumps(document["manifest"]) == json.dumps(demand.manifest.to_document())
    assert child.stderr == ""
