"""A monitor of a new pipeline lints, and the command says what to do next."""

from __future__ import annotations

from argparse import Namespace

import pytest

from pipeline_code.scaffold.command import run as create
from pipeline_code.scaffold.monitor import run
from tests.unit.scaffold.options import options


@pytest.fixture(scope="module")
def monitored(project):
    """The output of the command for a new pipeline."""
    assert create(options(name="sales"), root=project.root) == 0
    done = project.run("pipeline_code", "monitor", "sales")
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.slow
def test_both_definitions_lint(project, monitored):
    for name, more in (("sales", ["--option", "baseline=model_monitor"]), ("sales-monitor", [])):
        done = project.run("pipeline_code.compiler", "lint", name, *more)
        assert (done.returncode, done.stdout) == (0, f"{name}: no findings\n"), done.stderr


def test_it_keeps_to_the_style(project, monitored):
    for command in (["check"], ["format", "--check"]):
        done = project.run("ruff", *command, "pipeline_code/sales_monitor", "pipeline_code/sales")
        assert done.returncode == 0, done.stdout


def test_the_next_steps_are_the_lines_of_the_environment(monitored):
    assert 'options={"baseline": "model_monitor"}' in monitored
    assert 'Pipeline(name="sales-monitor", models_of="sales", schedule=' in monitored


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("absent", "pipeline_code has no pipeline 'absent'"),
        ("sales", "pipeline_code/sales_monitor exists already"),
        ("bare", "pipeline_code/bare/features.py declares no DATASET"),
    ],
)
def test_what_cannot_be_monitored_is_refused(project, monitored, capsys, name, expected):
    bare = project.root / "pipeline_code" / "bare"
    bare.mkdir(exist_ok=True)
    (bare / "pipeline.py").write_text("")
    try:
        assert run(Namespace(name=name), root=project.root) == 2
    finally:
        (bare / "pipeline.py").unlink()
        bare.rmdir()
    assert expected in capsys.readouterr().err
