"""Property tests: expressions of the SDK have the expected values on the laptop."""

from __future__ import annotations

import json
import string
from dataclasses import dataclass, field
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sagemaker.core.workflow.functions import Join, JsonGet
from sagemaker.core.workflow.parameters import ParameterString

from local_cloud.sagemaker.exceptions import ExpressionError
from local_cloud.sagemaker.pipelines.expressions import as_text, evaluate, reference, references
from local_cloud.sagemaker.pipelines.property_paths import look_up, tokens

SCALARS = (
    st.text(max_size=8)
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.booleans()
)
NAMES = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=8)
KEYS = st.text(st.characters(exclude_characters="'\"", exclude_categories=["Cs"]), max_size=6)
DOCUMENTS = st.recursive(
    SCALARS | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=8,
)


@dataclass
class Scope:
    """The values to which the expressions of an example refer."""

    parameters: dict[str, Any] = field(default_factory=dict)
    documents: dict[str, Any] = field(default_factory=dict)

    def parameter(self, name):
        return self.parameters[name]

    def execution_variable(self, name):
        return name

    def step_property(self, step, path):
        return look_up({"a": step}, path)

    def property_file_uri(self, step, name):
        return f"{step}/{name}"

    def json_document(self, uri):
        return self.documents[uri]


class AnyDocument(dict):
    """A mapping that has a document for every URI."""

    def __missing__(self, uri):
        return {"uri": uri}


@st.composite
def expressions(draw, scope, depth=0):
    """Generate an expression in the SDK's form, and its value."""
    kind = draw(st.sampled_from(["scalar", "parameter", "document", "join"][: 3 + (depth < 3)]))
    number = len(scope.parameters) + len(scope.documents)
    value = draw(SCALARS)
    if kind == "scalar":
        return value, value
    if kind == "parameter":
        scope.parameters[f"P{number}"] = value
        return ParameterString(name=f"P{number}").expr, value
    if kind == "document":
        scope.documents[f"Step/File{number}"] = {"metrics": [value]}
        got = JsonGet(step_name="Step", property_file=f"File{number}", json_path="metrics[0]")
        return got.expr, value
    sign = draw(st.text(max_size=2))
    parts = draw(st.lists(expressions(scope, depth + 1), max_size=3))
    joined = Join(on=sign, values=[]).expr
    joined["Std:Join"]["Values"] = [expression for expression, _ in parts]
    return joined, sign.join(as_text(value) for _, value in parts)


@given(data=st.data())
def test_an_expression_has_its_value_at_every_place(data):
    scope = Scope()
    expression, value = data.draw(expressions(scope))
    stored = json.loads(json.dumps({"a": [expression, {"b": expression}], "c": "Get"}))
    assert evaluate(stored, scope) == {"a": [value, {"b": value}], "c": "Get"}


@given(data=st.data())
def test_a_reference_to_nothing_is_found_without_evaluation(data):
    scope = Scope()
    expression, _ = data.draw(expressions(scope))
    found = list(references([expression]))
    assert {each.name for each in found if each.kind == "Parameters"} == set(scope.parameters)
    files = {f"{each.name}/{each.property_file}" for each in found if each.kind == "Steps"}
    assert files == set(scope.documents)


@given(document=DOCUMENTS, data=st.data())
def test_a_path_leads_to_the_value_at_that_path(document, data):
    value, path = document, ""
    while isinstance(value, dict | list) and value:
        if isinstance(value, dict):
            key = data.draw(st.sampled_from(sorted(value)))
            path, value = f"{path}['{key}']", value[key]
        else:
            index = data.draw(st.integers(0, len(value) - 1))
            path, value = f"{path}[{index}]", value[index]
    assert look_up(document, tokens(path)) == value


def test_a_name_in_a_path_may_have_a_line_break():
    assert look_up({"a\nb": 1}, tokens("['a\nb']")) == 1


@given(document=DOCUMENTS, path=st.text("ab.[]'\"01 ", max_size=12))
def test_any_path_has_a_value_or_is_refused(document, path):
    try:
        look_up(document, tokens(path))
    except ExpressionError as error:
        assert "malformed" in str(error) or "does not exist" in str(error)


@given(text=st.text("Parameters.Steps.Execution.[]'x0", max_size=30) | DOCUMENTS)
def test_any_reference_is_parsed_or_refused(text):
    try:
        found = reference(text)
    except ExpressionError as error:
        assert str(error)
    else:
        assert found.kind in ("Parameters", "Steps", "Execution")
