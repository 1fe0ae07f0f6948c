"""The measures of an analysis: compared with scipy and scikit-learn, and what is reported."""

from __future__ import annotations

import json

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats
from sklearn.metrics import r2_score, roc_auc_score

from pipeline_code.runtime.data_analysis.analysis import sketch_of
from pipeline_code.runtime.data_analysis.correlations import correlations, cramers_v, pearson
from pipeline_code.runtime.data_analysis.page import page
from pipeline_code.runtime.data_analysis.predictive_power import _explained, _gini
from pipeline_code.runtime.data_analysis.target import target_of
from pipeline_code.runtime.job_errors import DataError, SettingError
from tests.unit.analysed_rows import ROWS, analysed, sample


def reported(*given, **named):
    return [(each["kind"], each["column"]) for each in analysed(*given, **named)["findings"]]


def test_correlations_are_those_of_scipy():
    rng = np.random.default_rng(1)
    a, b = rng.normal(size=500), rng.integers(0, 5, 500).astype(float)
    b += a > 0
    a[:20] = np.nan
    found = correlations(pa.table({"a": pa.array(a, from_pandas=True), "b": b}))
    known = ~np.isnan(a)
    (linear,), (ranked,) = found["pearson"], found["spearman"]
    assert linear["value"] == pytest.approx(stats.pearsonr(a[known], b[known])[0])
    assert ranked["value"] == pytest.approx(stats.spearmanr(a[known], b[known])[0])


def test_cramers_v_is_that_of_bergsma():
    rng = np.random.default_rng(2)
    first = rng.integers(0, 4, 300)
    second = np.where(rng.random(300) < 0.5, first % 3, rng.integers(0, 3, 300))
    counts = stats.contingency.crosstab(first, second).count
    phi = stats.chi2_contingency(counts, correction=False)[0] / 300
    corrected = max(0, phi - 3 * 2 / 299)
    expected = np.sqrt(corrected / min(4 - 9 / 299 - 1, 3 - 4 / 299 - 1))
    assert cramers_v(first, second) == pytest.approx(expected)


def test_a_pair_with_a_constant_has_no_correlation():
    assert pearson(np.ones(3), np.arange(3.0)) is None
    assert pearson(np.array([np.nan]), np.array([1.0])) is None
    assert cramers_v(np.zeros(3, dtype=int), np.arange(3)) is None


def test_the_measures_of_power_are_those_of_scikit_learn():
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 2, 200).astype(float)
    score = np.round(truth + rng.normal(size=200), 1)
    assert _gini(truth, score) == pytest.approx(2 * roc_auc_score(truth, score) - 1)
    assert _explained(score, truth) == max(0, r2_score(score, truth))


def test_a_column_without_a_relation_has_no_power():
    powers = analysed(sample())["predictive_power"]
    assert list(powers)[0] == "size" and 0.3 < powers["size"] < 0.8
    assert all(powers[name] < 0.15 for name in ("count", "kind", "day"))


def test_an_identifier_predicts_nothing():
    rows = sample(code=[f"id {number}" for number in range(ROWS)])
    found = analysed(rows)
    assert found["predictive_power"]["code"] < 0.05
    assert reported(rows) == [("identifier", "code")]


def test_clean_rows_have_no_findings():
    assert reported(sample()) == []


@pytest.mark.parametrize(
    ("changed", "finding"),
    [
        ({"same": ["x"] * ROWS}, ("constant", "same")),
        ({"none": pa.nulls(ROWS)}, ("constant", "none")),
        ({"id": np.arange(ROWS)}, ("identifier", "id")),
        ({"few": pa.array([1, None, None, 2, None] * (ROWS // 5))}, ("missing", "few")),
        ({"sold": ["yes"] * 60 + ["no"] * (ROWS - 60)}, ("imbalance", "sold")),
    ],
)
def test_each_finding_is_reported(changed, finding):
    assert reported(sample(**changed)) == [finding]


def test_measured_numbers_are_no_identifiers():
    assert reported(sample(weight=np.random.default_rng(4).normal(size=ROWS))) == []


def test_a_column_that_may_be_missing_is_not_constant():
    flag = pa.array([None if number % 3 == 0 else "x" for number in range(ROWS)])
    assert reported(sample(flag=flag)) == []


def test_repeated_rows_are_reported():
    rows = sample()
    assert reported(pa.concat_tables([rows, rows.slice(0, 100)])) == [("duplicates", "")]


@pytest.mark.parametrize("target", ["size", "kind", None])
def test_a_leak_of_a_number_and_of_several_classes(target):
    rows = sample()
    copied = rows.append_column("copy", rows[target or "size"])
    expected = [("leakage", "copy")] if target else []
    assert reported(copied, target) == expected


def test_equal_distributions_do_not_differ():
    rows = sample()
    assert reported(rows.slice(0, 1_000), compared=rows.slice(1_000)) == []


def test_skew_of_values_columns_and_rows_is_reported():
    rows = sample()
    other = rows.slice(500).filter(pa.compute.field("kind") != "a").drop_columns(["count"])
    found = analysed(rows, compared=other)["findings"]
    assert [(each["kind"], each["column"]) for each in found] == [
        ("skew", "kind"),
        ("skew", "count"),
    ]
    assert "share of 'a'" in found[0]["message"]


def test_rows_of_both_data_sets_are_reported():
    rows = sample()
    (found,) = analysed(rows.slice(0, 1_500), compared=rows.slice(1_000))["findings"]
    assert found["message"].startswith("50.0% of the different rows of the second data set are in")


def test_a_column_of_another_kind_or_without_values_is_reported():
    rows = sample()
    texts = rows.set_column(1, "count", rows["count"].cast(pa.string()))
    (found,) = analysed(rows, compared=texts)["findings"]
    assert found["message"].startswith("count is a number in the first data set and a text in")
    empty = rows.set_column(1, "count", pa.nulls(ROWS, pa.int64()))
    (found,) = analysed(rows, compared=empty)["findings"]
    assert found["message"] == "count has no value in the second data set."


def test_repeated_rows_are_found_for_other_types_of_the_same_values():
    rows = sample()
    doubles = rows.set_column(1, "count", rows["count"].cast(pa.float64()))
    times = doubles.set_column(3, "day", rows["day"].cast(pa.timestamp("ms")))
    for other in (doubles, times):
        (found,) = analysed(rows, compared=other)["findings"]
        assert found["message"].startswith("100.0% of the different rows of the second data set")


def test_parts_with_other_types_and_orders_are_one_table():
    rows = sample()
    empty = rows.set_column(2, "kind", pa.nulls(ROWS, pa.int64()))
    doubles = rows.set_column(1, "count", rows["count"].cast(pa.float64()))
    times = rows.set_column(3, "day", rows["day"].cast(pa.timestamp("us")))
    parts = [rows, empty, doubles, times, rows.select(rows.column_names[::-1])]
    for order in (parts, parts[::-1]):
        sketch = sketch_of(order, what="rows")
        assert sketch.rows == 5 * ROWS
        assert sketch.distinct.estimate == 2 * ROWS
    texts = rows.set_column(1, "count", rows["count"].cast(pa.string()))
    with pytest.raises(DataError, match="parts of a column are of the kinds number and text"):
        sketch_of([rows, texts], what="rows")


@pytest.mark.parametrize("target", ["size", "sold", "huge", None])
@pytest.mark.parametrize("largest", [1e39, 1e200, 1e307])
def test_large_numbers_are_analysed(target, largest):
    huge = np.where(np.arange(ROWS) % 2, largest, -largest) * np.linspace(0.5, 1, ROWS)
    rows = sample(huge=huge, other=huge[::-1])
    for compared in (None, rows.slice(100)):
        found = analysed(rows, target, compared)
        json.dumps(found, allow_nan=False)
        page(found)
    assert any(
        {"huge", "other"} == {pair["a"], pair["b"]} for pair in found["correlations"]["pearson"]
    )


def test_a_table_with_only_the_target():
    found = analysed(sample().select(["sold"]))
    assert found["quick_model"] is None and found["predictive_power"] == {}
    page(found)


def test_the_marked_class_of_a_scatter_plot_is_named():
    """Both classes have equally many rows, so the order of the classes does not tell."""
    rows = sample(sold=["no", "yes"] * (ROWS // 2))
    for other in (rows, rows.take(pa.array(range(ROWS)[::-1])).slice(1)):
        found = analysed(other)
        plot = found["scatter"][0]
        drawn = target_of(sketch_of([other], what="rows"), "sold").rows["sold"].to_pylist()
        assert {drawn[place] for place in plot["marked"]} == {plot["marked_class"]}
        assert f"Triangles are rows with sold {plot['marked_class']}." in page(found)


def test_a_wide_table_says_which_columns_are_correlated():
    rng = np.random.default_rng(5)
    found = analysed(pa.table({f"c{n}": rng.normal(size=100) for n in range(41)}), None)
    assert found["uncorrelated_columns"] == {"numbers": 1, "texts": 0}
    assert "the first 40 columns of numbers; 1 more" in page(found)


def test_the_document_is_json_and_the_same_for_the_same_rows():
    texts = [json.dumps(analysed(sample()), allow_nan=False) for _ in range(2)]
    assert texts[0] == texts[1]


def test_hundreds_of_columns_are_analysed():
    rng = np.random.default_rng(5)
    wide = {f"c{number}": rng.normal(size=200) for number in range(120)}
    found = analysed(pa.table({**wide, "y": rng.normal(size=200)}), "y")
    assert len(found["columns"]) == 121


@pytest.mark.parametrize(
    ("rows", "target", "error", "message"),
    [
        (
            sample(),
            "price",
            SettingError,
            "no column 'price' to predict: the data have size, count",
        ),
        (sample(), "code", DataError, "the target code has 2000 different texts: allowed are at"),
        (sample().slice(0, 49), "sold", DataError, "49 rows have the target sold: at least 50"),
        (sample(sold=["no"] * ROWS), "sold", DataError, "the target sold is no in all rows"),
    ],
)
def test_an_unusable_target_is_an_error_with_the_remedy(rows, target, error, message):
    coded = rows.append_column("code", pa.array([f"x{place}" for place in range(len(rows))]))
    with pytest.raises(error, match=message):
        analysed(coded, target)


def test_no_rows_are_an_error():
    with pytest.raises(DataError, match="the test rows has no rows: check the files"):
        sketch_of([sample().slice(0, 0)], what="the test rows")


def test_missing_values_of_the_target_are_left_out():
    sold = sample()["sold"].to_pylist()
    found = analysed(sample(sold=[None, *sold[1:]]))
    assert found["columns"][-1]["missing_share"] == pytest.approx(1 / ROWS)
    assert found["target"]["kind"] == "class"


def test_equal_distributions_of_many_numbers_have_no_distance():
    """The numbers are rounded, and the repeated largest one is not that of the other table."""
    rng = np.random.default_rng(12)
    first, second = (np.minimum(rng.lognormal(3, 2, 100_000), 100.3) for _ in range(2))
    first[0], second[0] = 100.31, 100.32
    known = pa.table({"price": first})
    found = analysed(known, None, compared=pa.table({"price": second}))
    (column,) = found["compared"]["columns"]
    assert column["distance"] == 0.0
    assert column["unseen_share"] < 1e-4
    assert 0 < found["columns"][0]["quantile_error"] < 1e-3
    # Numbers of other magnitudes, so the second table is rounded to fewer bits.
    wide = np.append(second, rng.lognormal(0, 40, 20_000))
    (column,) = analysed(known, None, compared=pa.table({"price": wide}))["compared"]["columns"]
    outside = np.mean((wide < first.min()) | (wide > first.max()))
    assert column["unseen_share"] == pytest.approx(outside, abs=1e-3)
