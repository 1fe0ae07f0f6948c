"""Each step kind is in a pipeline with recorded calls, which check the declared permissions."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler import Request, compiled_all
from pipeline_code.source_files import source_files
from tests.application.environments import ENVIRONMENTS, ROOT
from tests.permissions.templates import RECORDED

# Their jobs need Spark (0.4 GB), so they are not in the recorded pipelines: tests/integration/
# test_emr.py runs them with the roles of the templates.
NOT_RECORDED = {"EMR", "EMRServerless"}
STEPS = Path(__file__).parents[2] / "pipeline_code" / "workflow" / "steps"


def kinds() -> Iterator[str]:
    """Yield the type of each `KIND = StepKind(type=…)`, without the slow import of the SDK."""
    for path in source_files(STEPS, "*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "StepKind":
                keywords = {word.arg: word.value for word in node.keywords}
                if isinstance(keywords["type"], ast.Constant):
                    yield keywords["type"].value


def test_every_kind_is_in_a_recorded_pipeline():
    pipelines = [each for name in RECORDED for each in ENVIRONMENTS[name].pipelines]
    requests = [Request(each.name, each.options, ROOT) for each in pipelines]
    recorded = {
        step.type for definition in compiled_all(requests) for step in steps_of(definition.body)
    }
    found = set(kinds())
    assert {"Processing", "Callback"} < found
    assert found - recorded == NOT_RECORDED
