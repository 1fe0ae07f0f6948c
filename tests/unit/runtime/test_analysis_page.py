"""The page of an analysis: self-contained, with escaped texts, and whole for any columns."""

from __future__ import annotations

import re

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.runtime.data_analysis.analysis import Settings, analysis, sketch_of
from pipeline_code.runtime.data_analysis.page import page
from tests.unit.run_report.sample_facts import Page

HOSTILE = "</style><script>alert('x')</script><img src=x onerror=alert(1)>"
ROWS = 200


def table(**columns):
    rng = np.random.default_rng(0)
    given = {"size": rng.normal(size=ROWS), "kind": rng.choice(["a", "b"], ROWS), **columns}
    return pa.table(given)


CASES = {
    "numbers": (table(), "size"),
    "classes": (table(other=np.arange(ROWS) % 7, third=np.arange(ROWS) % 5), "kind"),
    "no target": (table(), None),
    "hostile": (table(**{HOSTILE: [HOSTILE, "b"] * (ROWS // 2)}), HOSTILE),
    "one column": (pa.table({"a": ["x"] * ROWS}), None),
    "empty columns": (table(none=pa.nulls(ROWS), nan=[float("nan")] * ROWS), "size"),
    "dates": (table(day=np.arange(ROWS).astype("datetime64[D]")), "size"),
    "one number": (table(one=[1.0] * ROWS), "size"),
}


@pytest.fixture(params=CASES)
def shown(request):
    rows, target = CASES[request.param]
    first, second = (sketch_of([each], what="rows") for each in (rows, rows.slice(50)))
    return Page(page(analysis(Settings("rows", target), first, second)))


def test_nothing_is_loaded_and_no_script_runs(shown):
    for tag, attributes in shown.tags:
        assert tag not in {"script", "link", "img", "iframe", "object", "embed", "base", "form"}
        assert not [name for name in attributes if name.startswith("on")]
        assert attributes.get("href", "#").startswith("#")
    (policy,) = [each["content"] for each in shown.all("meta") if "http-equiv" in each]
    assert policy.startswith("default-src 'none'")


def test_headings_are_in_order_and_drawings_have_labels(shown):
    levels = [int(tag[1]) for tag, _ in shown.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert all(each.get("aria-label") for each in shown.all("svg"))
    targets = {each["id"] for each in shown.all("h2")}
    assert {each["href"] for each in shown.all("a")} == {f"#{target}" for target in targets}


def test_every_shape_has_a_place(shown):
    places = ("x", "y", "cx", "cy", "d", "points", "width", "height")
    for _, attributes in shown.tags:
        found = " ".join(filter(None, map(attributes.get, places)))
        assert "nan" not in found and "inf" not in found
