"""The committed notebooks: valid, without outputs, and without paths of a machine."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
# Members of nbformat 4.5: https://nbformat.readthedocs.io/en/latest/format_description.html
MEMBERS = {
    "markdown": {"cell_type", "id", "metadata", "source"},
    "code": {"cell_type", "id", "metadata", "source", "execution_count", "outputs"},
}
ABSOLUTE = re.compile(r"""["'`(\s](/(?:home|Users|root|work|tmp|opt|var)/|[A-Z]:\\\\)""")


def test_there_are_notebooks():
    assert [path.stem.split("_")[0] for path in NOTEBOOKS] == ["1", "2", "3", "4", "5"]


@pytest.fixture(params=NOTEBOOKS, ids=lambda path: path.stem)
def notebook(request):
    return json.loads(request.param.read_text(encoding="utf-8"))


def test_a_notebook_is_valid(notebook):
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert notebook["metadata"].keys() == {"kernelspec", "language_info"}
    assert notebook["metadata"]["kernelspec"]["name"] == "python3"
    for cell in notebook["cells"]:
        assert cell.keys() == MEMBERS[cell["cell_type"]]
    ids = [cell["id"] for cell in notebook["cells"]]
    assert len(set(ids)) == len(ids)


def test_a_notebook_has_no_outputs(notebook):
    """`jupyter nbconvert --clear-output --inplace notebooks/*.ipynb` removes them."""
    for cell in notebook["cells"]:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
        assert cell["metadata"] == {}


def test_a_notebook_has_no_path_of_a_machine(notebook):
    for cell in notebook["cells"]:
        assert not ABSOLUTE.search("".join(cell["source"]))


def test_a_notebook_begins_with_its_title_and_its_environment(notebook):
    title, setup, *_ = ("".join(cell["source"]) for cell in notebook["cells"])
    assert title.startswith("# ")
    assert "aws = environment()" in setup
