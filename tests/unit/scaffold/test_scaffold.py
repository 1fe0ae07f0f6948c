"""A new pipeline lints, compiles, synthesises and passes its own tests."""

import json
import re

import pytest

from pipeline_code.scaffold.add import LINE
from pipeline_code.scaffold.command import run
from pipeline_code.scaffold.create import PARTS
from pipeline_code.source_files import source_files
from stacks.config import Pipeline, Schedule, environment
from tests.unit.scaffold.options import options

# Names of the maximum length that are sorted before and after the names of shared modules.
LONGEST = "churnofcustomersoftheoldmarket"  # 30 letters
LAST = "zz"


@pytest.fixture(scope="session")
def made(project):
    """The output of the command for the pipeline `churn`."""
    done = project.run("pipeline_code", "new", "churn")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def test_the_command_says_what_was_made(project, made):
    folders = [project.root / "pipeline_code/churn", project.root / "tests/pipelines/churn"]
    files = [
        [path for path in folder.rglob("*") if path.suffix in (".py", ".md")] for folder in folders
    ]
    assert made.startswith(
        f"Created pipeline_code/churn ({len(files[0])} files) "
        f"and tests/pipelines/churn ({len(files[1])} files).\n"
    )


def test_the_command_says_what_to_do_next(repository, made):
    commands = re.findall(r"\.venv/bin/python -m (local_cloud|operations) (\w+)", made)
    assert [name for _, name in commands] == ["up", "deploy", "load", "start"]
    assert all((repository / f"{room}/commands/{name}.py").is_file() for room, name in commands)
    assert "make check NAME=churn" in made
    assert re.search(r"^check: ", (repository / "Makefile").read_text(), re.MULTILINE)
    (page,) = re.findall(r"docs/[\w.-]+\.md", made)
    assert made in (repository / page).read_text()


def test_the_line_for_the_environments_is_valid():
    found = eval(LINE.format(name="churn"), {"Pipeline": Pipeline, "Schedule": Schedule})
    assert found.name == "churn"


def test_its_definition_lints(project, made):
    done = project.run("pipeline_code.compiler", "lint", "churn")
    assert (done.returncode, done.stdout) == (0, "churn: no findings\n")


@pytest.mark.slow
def test_its_own_tests_pass(project, made):
    done = project.run("pytest", "tests/pipelines/churn", "-q")
    assert done.returncode == 0, done.stdout
    assert "passed" in done.stdout
    assert "skipped" not in done.stdout


def test_it_synthesises_with_one_line_more(project, made):
    (command,) = re.findall(r"^ +\.venv/bin/python -m (pipeline_code add .*)$", made, re.MULTILINE)
    assert project.run(*command.split()).returncode == 0
    done = project.run("app")
    assert done.returncode == 0, done.stderr
    (path,) = project.root.rglob("redline-local-churn.template.json")
    resources = json.loads(path.read_text())["Resources"].values()
    kinds = {resource["Type"] for resource in resources}
    assert {"AWS::SageMaker::Pipeline", "AWS::SageMaker::ModelPackageGroup"} <= kinds


@pytest.mark.parametrize("name", ["churn", LONGEST, LAST])
def test_it_keeps_to_the_style_whatever_its_name(project, made, name):
    if name != "churn":
        assert run(options(name=name), root=project.root) == 0
    folders = [f"pipeline_code/{name}", f"tests/pipelines/{name}"]
    for command in (["check"], ["format", "--check"]):
        done = project.run("ruff", *command, *folders)
        assert done.returncode == 0, done.stdout


def test_it_is_fully_typed(project, made):
    done = project.run("mypy", "pipeline_code/churn")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Churn", "name is 'Churn': allowed are 2 to 30 lower-case letters and digits"),
        ("my-churn", "name is 'my-churn': allowed are"),
        ("../x", "name is '../x': allowed are"),
        ("1st", "name is '1st': allowed are"),
        ("x", "name is 'x': allowed are"),
        ("x" * 31, "allowed are 2 to 30"),
        ("", "name is '': allowed are"),
        ("lambda", "name is 'lambda', a keyword of Python"),
        *((part, f"the stack redline-<environment>-{part} exists already") for part in PARTS),
        ("runtime", "pipeline_code/runtime exists already: choose another name, or remove it"),
        ("scaffold", "pipeline_code/scaffold exists already"),
    ],
)
def test_a_bad_or_taken_name_is_refused(repository, capsys, name, reason):
    assert run(options(name=name), root=repository) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("error: ")
    assert reason in shown.err


def test_tests_that_are_there_already_are_not_touched(tmp_path, capsys):
    (tmp_path / "tests/pipelines/churn").mkdir(parents=True)
    assert run(options(name="churn"), root=tmp_path) == 2
    assert "tests/pipelines/churn exists already" in capsys.readouterr().err
    assert not (tmp_path / "pipeline_code").exists()


def test_every_part_that_has_a_stack_is_reserved(repository):
    # The stacks of a pipeline are not included: their names contain the pipeline's name.
    literal = re.compile(r'super\(\)\.__init__\(\s*scope,\s*"(\w+)",')
    named = {
        part
        for path in source_files(repository / "stacks", "*/stack.py")
        for part in literal.findall(path.read_text())
    }
    assert set(PARTS) == set(environment.PARTS) == named
