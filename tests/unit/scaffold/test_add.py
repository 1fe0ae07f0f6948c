"""The command `add` adds one line to an environment, and changes nothing else."""

from argparse import Namespace

import pytest

from pipeline_code.scaffold.add import ENVIRONMENTS, run, with_pipeline
from pipeline_code.scaffold.errors import ScaffoldError

LINE = 'Pipeline(name="churn", schedule=Schedule(expression="rate(1 day)"))'
BEFORE = 'A = Environment(name="ä", pipelines=())\n\nB = Environment(\n    name="local",\n'


@pytest.mark.parametrize(
    ("pipelines", "expected"),
    [
        ("()", f"(\n        {LINE},\n    )"),
        ('(Pipeline(name="a"),)', f'(Pipeline(name="a"),\n        {LINE},)'),
        (
            '(\n        Pipeline(name="a"),  # ö\n    )',
            f'(\n        Pipeline(name="a"),\n        {LINE},  # ö\n    )',
        ),
        (
            '(\n        Pipeline(name="a"),\n        Pipeline(name="b")\n    )',
            f'(\n        Pipeline(name="a"),\n        Pipeline(name="b"),\n        {LINE},\n    )',
        ),
    ],
)
def test_the_line_is_the_last_of_the_environment(pipelines, expected):
    source = f"{BEFORE}    pipelines={pipelines},\n)\n"
    changed = with_pipeline(source, "churn", "local")
    assert changed == f"{BEFORE}    pipelines={expected},\n)\n"
    compile(changed, "environments.py", "exec")


def test_every_declared_environment_can_be_changed(repository):
    source = (repository / ENVIRONMENTS).read_text()
    changed = source
    for name in ("local", "dev", "staging", "prod"):
        changed = with_pipeline(changed, "churn", name)
    added = [line for line in changed.splitlines() if line.strip() == f"{LINE},"]
    assert added == [f"            {LINE},"] * 4
    assert changed.replace(f"            {LINE},\n", "") == source


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (f"{BEFORE}    pipelines=({LINE},),\n)\n", "local has the pipeline 'churn' already"),
        (f"{BEFORE}    pipelines=OTHERS,\n)\n", r"no Environment\(name='local', …\) with"),
        ("x = (\n", r"stacks/environments\.py, line 1: '\(' was never closed"),
    ],
)
def test_what_cannot_be_changed_is_refused(source, message):
    with pytest.raises(ScaffoldError, match=message):
        with_pipeline(source, "churn", "local")


def test_an_unknown_pipeline_is_refused(tmp_path, capsys):
    assert run(Namespace(name="churn", environment="local", endpoint=False), root=tmp_path) == 2
    assert "pipeline_code has no pipeline 'churn'" in capsys.readouterr().err


def test_its_models_can_be_served(tmp_path, capsys):
    (tmp_path / "stacks").mkdir()
    path = tmp_path / ENVIRONMENTS
    path.write_text(f"{BEFORE}    pipelines=(),\n)\n")
    (tmp_path / "pipeline_code/churn").mkdir(parents=True)
    (tmp_path / "pipeline_code/churn/pipeline.py").touch()
    parsed = Namespace(name="churn", environment="local", endpoint=True)
    assert run(parsed, root=tmp_path) == 0
    line = f"{LINE.removesuffix(')')}, serving=Serving())"
    assert path.read_text() == f"{BEFORE}    pipelines=(\n        {line},\n    ),\n)\n"
    assert capsys.readouterr().out.endswith("once a day, with an endpoint.\n")
