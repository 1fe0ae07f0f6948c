"""Bias metrics agree with AWS' library, and have the documented ranges and symmetries.

smclarify.json contains rows and the results of AWS' library (https://pypi.org/project/smclarify/)
for them. The ranges are those of the page of each metric:
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-data-bias.html and
https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-measure-post-training-bias.html.
"""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline_code.runtime.bias_report import Outcomes, post_training, pre_training

RECORDED = json.loads((Path(__file__).parent / "smclarify.json").read_text())
BINARY = {"CI", "DPL", "CDDL", "DPPL", "CDDPL", "RD", "SD", "DAR", "DRR", "AD", "FT"}
# Page -> the metrics that change their sign if the facets are exchanged.
ANTISYMMETRIC = {"CI", "DPL", "DPPL", "DCA", "DCR", "RD", "SD", "DAR", "DRR", "AD", "TE"}
SYMMETRIC = {"JS", "LP", "TVD", "KS", "GE"}


def outcomes(rows):
    flags = {name: np.array(rows[name], dtype=bool) for name in ("facet", "label", "predicted")}
    return Outcomes(
        facet=flags["facet"],
        positive=flags["label"],
        predicted=flags["predicted"],
        groups=np.array(rows["group"]),
        features=np.array(rows["features"], dtype=float),
    )


def measured(rows):
    """Return name -> value of all metrics; a metric that is not defined has no entry."""
    found = [*pre_training(rows), *post_training(rows)]
    return {each["name"]: float(each["value"]) for each in found if each["value"] is not None}


@pytest.mark.parametrize("case", RECORDED["cases"])
def test_the_metrics_are_those_of_the_library(case):
    expected = {name: float(value) for name, value in case["metrics"].items()}
    assert len(expected) == 21
    assert measured(outcomes(case)) == pytest.approx(expected, abs=1e-6)


@st.composite
def populations(draw):
    """Rows of both facets."""
    count = draw(st.integers(2, 40))
    flags = st.lists(st.booleans(), min_size=count, max_size=count)
    groups = st.lists(st.integers(0, 2), min_size=count, max_size=count)
    points = st.lists(st.integers(-9, 9), min_size=count, max_size=count)
    facet = np.array(draw(flags))
    assume(facet.any() and not facet.all())
    return Outcomes(
        facet=facet,
        positive=np.array(draw(flags)),
        predicted=np.array(draw(flags)),
        groups=np.array(draw(groups)),
        features=np.array(draw(points), dtype=float)[:, None],
    )


@settings(max_examples=40)
@given(populations())
def test_the_metrics_are_within_the_documented_ranges(rows):
    found = measured(rows)
    assert all(-1 <= found[name] <= 1 for name in BINARY & found.keys())
    upper = {"JS": math.log(2), "LP": math.sqrt(2), "TVD": 1, "KS": 1, "DI": math.inf}
    for name in upper.keys() & found.keys():
        assert -1e-12 <= found[name] <= upper[name] + 1e-12 or name == "JS" and _lacks_label(rows)
    assert found.get("GE", 0) >= -1e-12


def _lacks_label(rows):
    """Whether a facet lacks a label, which the library omits from both distributions."""
    return any(len(np.unique(rows.positive[side])) == 1 for side in (rows.facet, ~rows.facet))


@settings(max_examples=40)
@given(populations())
def test_exchanged_facets_change_the_sign(rows):
    exchanged = Outcomes(~rows.facet, rows.positive, rows.predicted, rows.groups, rows.features)
    one, other = measured(rows), measured(exchanged)
    assert one.keys() == other.keys()
    for name in ANTISYMMETRIC & one.keys():
        assert other[name] == pytest.approx(-one[name], abs=1e-12)
    for name in SYMMETRIC & one.keys():
        assert other[name] == pytest.approx(one[name], abs=1e-12)


@settings(max_examples=40)
@given(populations())
def test_predictions_like_the_labels_have_the_bias_of_the_labels(rows):
    perfect = Outcomes(rows.facet, rows.positive, rows.positive, rows.groups, rows.features)
    found = measured(perfect)
    assert found["DPPL"] == found["DPL"]
    assert found.get("CDDPL") == found.get("CDDL")
    assert found["AD"] == found["TE"] == 0


def test_a_metric_that_is_not_defined_has_the_reason():
    none = np.zeros(4, dtype=bool)
    rows = Outcomes(none, none, none, none, np.zeros((4, 1)))
    errors = {each["name"]: each.get("error") for each in pre_training(rows)}
    assert errors["DPL"] == "all rows or no rows belong to the facet"
    assert errors["CDDL"] == "all labels are the same"
