"""Statistics of parts add up to those of the whole, exactly or within their stated errors."""

from __future__ import annotations

import math
from datetime import date, datetime
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.monitor_statistics import levels_of, weighted
from pipeline_code.runtime.sketches.column_sketch import ColumnSketch
from pipeline_code.runtime.sketches.distinct_values import (
    ERROR,
    MOST_HASHES,
    DistinctValues,
    hashes_of,
)
from pipeline_code.runtime.sketches.moments import Moments
from pipeline_code.runtime.sketches.quantiles import MOST_KEYS, Quantiles
from pipeline_code.runtime.sketches.row_sample import RowSample
from pipeline_code.runtime.sketches.table_sketch import TableSketch
from pipeline_code.runtime.sketches.value_counts import MOST_FREQUENT, Categories, ValueCounts

FLOATS = st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=40)


def column(values, kind=None):
    return pa.chunked_array([pa.array(values, type=kind)])


def shards_of(values, count):
    return np.array_split(values, count)


def described(kind, *batches, **options):
    """A statistic of the batches."""
    found = kind(**options)
    for batch in batches:
        found.update(batch)
    return found


def merged(parts):
    first, *others = parts
    for each in others:
        first.merge(each)
    return first


def moments_of(values):
    return described(Moments, pa.array(values, pa.float64()))


@settings(deadline=None, max_examples=200)
@given(FLOATS, FLOATS)
def test_moments_are_exact(first, second):
    whole = moments_of(first + second)
    assert merged([moments_of(second), moments_of(first)]) == whole
    exact = [Fraction(value) for value in first + second]
    if exact and abs(sum(exact)) < 1e308:
        assert whole.sum == float(sum(exact))
        assert whole.mean == float(sum(exact) / len(exact))
    if exact and max(map(abs, exact)) < 1e150:
        mean = sum(exact) / len(exact)
        variance = sum((each - mean) ** 2 for each in exact) / len(exact)
        assert whole.variance == float(variance)
        assert whole.deviation == pytest.approx(math.sqrt(variance), rel=1e-15, abs=1e-160)


def test_moments_of_large_numbers_with_a_small_variance():
    assert moments_of(1e12 + np.arange(5) / 1024).variance == 2 / 1024**2


def test_a_variance_beyond_doubles_is_infinite():
    assert moments_of([1e300, -1e300]).variance == math.inf
    assert moments_of([1e300, -1e300]).deviation == 1e300


def test_moments_of_nothing():
    empty = moments_of([])
    assert (empty.count, empty.sum) == (0, 0.0)
    assert math.isnan(empty.mean) and math.isnan(empty.deviation)


@pytest.mark.parametrize("number", [math.inf, -math.inf, math.nan])
def test_moments_reject_numbers_that_are_not_finite(number):
    with pytest.raises(DataError, match="must be finite"):
        moments_of([1.0, number])


DISTRIBUTIONS = {
    "normal": lambda rng, n: rng.normal(size=n),
    "lognormal": lambda rng, n: rng.lognormal(sigma=3, size=n),
    "few": lambda rng, n: rng.integers(0, 5, n).astype(float),
    "ascending": lambda rng, n: np.arange(n, dtype=float),
    "descending": lambda rng, n: np.arange(n, dtype=float)[::-1],
    "waves": lambda rng, n: np.sin(np.arange(n) / 100),
}


def quantiles_of(values, count=1):
    parts = shards_of(values, count)
    return merged(described(Quantiles, pa.array(part, pa.float64())) for part in parts)


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_quantiles_are_within_the_stated_error_and_equal_for_any_parts(name):
    values = DISTRIBUTIONS[name](np.random.default_rng(1), 200_000)
    whole = quantiles_of(values)
    assert whole.count == len(values)
    assert len(whole.values()[0]) <= MOST_KEYS
    # A normal distribution has numbers near 0, so its exponents take bits.
    assert whole.error < 2e-3
    shares = np.linspace(0, 1, 101)
    found = np.array([whole.quantile(share) for share in shares])
    np.testing.assert_allclose(found, np.quantile(values, shares), rtol=whole.error, atol=1e-300)
    points = np.sort(values)[::1000]
    # As many values as have the same leading bits.
    most = whole.values()[1].max() / len(values)
    true = np.searchsorted(np.sort(values), points, side="right") / len(values)
    assert np.abs(whole.shares(points) - true).max() <= most
    for count in (7, 200):
        other = quantiles_of(np.random.default_rng(2).permutation(values), count)
        assert [other.quantile(share) for share in shares] == found.tolist()
        assert other.shares(points).tolist() == whole.shares(points).tolist()


@settings(max_examples=30, deadline=None)
@given(
    numbers=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=60),
    share=st.floats(0, 1),
)
def test_quantiles_of_few_values_are_exact(numbers, share):
    found = quantiles_of(numbers)
    assert found.error == 0
    expected = np.quantile(numbers, share)
    assert math.isclose(found.quantile(share), expected, rel_tol=1e-9, abs_tol=1e-9)
    assert found.shares(np.array([min(numbers), max(numbers)]))[1] == 1.0


def test_zero_stays_zero_among_many_values():
    values = np.concatenate([np.zeros(100_000), np.random.default_rng(0).random(100_000)])
    found = quantiles_of(values)
    assert found.error > 0
    assert found.quantile(0.25) == 0.0


def test_quantiles_of_nothing():
    empty = Quantiles()
    assert empty.count == 0 and empty.shares(np.array([1.0])).tolist() == [0.0]
    assert math.isnan(empty.quantile(0.5))


def test_equally_rounded_quantiles_of_equal_values_are_equal():
    rng = np.random.default_rng(7)
    values = rng.uniform(1, 2, 150_000)
    first, second = (
        quantiles_of(values),
        quantiles_of(np.append(values, rng.lognormal(0, 9, 9_000))),
    )
    assert first.dropped_bits < second.dropped_bits
    rounded = first.rounded(second.dropped_bits)
    assert rounded.dropped_bits == second.dropped_bits
    assert np.isin(rounded.values()[0], second.values()[0]).all()


@given(counts=st.lists(st.integers(1, 10**6), max_size=9))
def test_the_levels_of_a_kll_sketch_have_the_exact_counts(counts):
    values, below = weighted(levels_of(np.arange(float(len(counts))), np.array(counts, np.int64)))
    found = [below[1:][values == number].max(initial=0) for number in range(len(counts))]
    assert found == np.cumsum(counts).tolist()


def test_distinct_values_do_not_depend_on_shards():
    values = np.random.default_rng(2).integers(0, 60_000, 200_000)
    whole = described(DistinctValues, column(values))
    parts = [described(DistinctValues, column(part)) for part in shards_of(values, 9)]
    other = merged(reversed(parts))
    np.testing.assert_array_equal(whole.hashes, other.hashes)
    np.testing.assert_array_equal(whole.counts, other.counts)
    assert whole.repeated_share == pytest.approx(1 - len(np.unique(values)) / len(values), abs=0.02)


@pytest.mark.parametrize("number", [0, 1, 100, MOST_HASHES - 1, 20_000, 300_000])
@pytest.mark.parametrize("kind", ["integers", "doubles", "texts"])
def test_the_number_of_distinct_values_is_within_the_stated_error(number, kind):
    numbers = np.arange(number)
    converted = {"integers": numbers, "doubles": numbers / 7, "texts": numbers.astype(str)}[kind]
    sketch = described(DistinctValues, column(converted))
    assert sketch.is_exact == (number < MOST_HASHES)
    assert abs(sketch.estimate - number) <= (0 if sketch.is_exact else ERROR * number)


def test_a_missing_value_is_one_value():
    assert described(DistinctValues, column([None, 0, None, 0], pa.int64())).estimate == 2
    assert len(np.unique(hashes_of(column([None, 0, None, 0], pa.int64())))) == 2


def test_few_frequent_values_are_exact():
    both = described(ValueCounts, pa.array(["b", "a", None, "b"]), pa.array(["a", "c"]))
    both.merge(described(ValueCounts, pa.array(["a", "a"])))
    assert both.most_frequent(2) == {"a": 4, "b": 2}
    assert both.is_exact
    equal = described(ValueCounts, pa.array(["b", "a", None, "c", "b", "a"]))
    assert list(equal.most_frequent(2)) == ["a", "b"]


@pytest.mark.parametrize("count", [1, 10])
@pytest.mark.parametrize("batches", [1, 4])
def test_counts_of_frequent_values_are_within_the_stated_error(count, batches):
    values = np.random.default_rng(3).zipf(1.3, 100_000)
    sketch = merged(
        described(ValueCounts, *map(pa.array, shards_of(part, batches)))
        for part in shards_of(values, count)
    )
    assert len(sketch.counts) <= MOST_FREQUENT
    assert 0 < sketch.error <= len(values) / MOST_FREQUENT
    unique, counts = np.unique(values, return_counts=True)
    true = dict(zip(unique.tolist(), counts.tolist(), strict=True))
    for value, number in true.items():
        assert 0 <= number - sketch.counts.get(value, 0) <= sketch.error


def test_too_many_categories_are_rejected():
    message = "more than 3 different values: a column that names something is not a category"
    with pytest.raises(DataError, match=message):
        described(Categories, pa.array(range(4)), most=3)
    with pytest.raises(DataError, match=message):
        described(Categories, pa.array(range(3)), pa.array([3]), most=3)


def test_a_sample_has_every_row_with_the_same_chance():
    parts = shards_of(np.arange(20_000), 11)

    def samples():
        tables = [pa.table({"a": part}) for part in parts]
        return [
            described(RowSample, each.slice(0, 700), each.slice(700), part=number, most=2_000)
            for number, each in enumerate(tables)
        ]

    sample = merged(samples()).rows["a"].to_numpy()
    assert len(np.unique(sample)) == 2_000
    # Four standard errors of the mean of uniform numbers.
    assert abs(sample.mean() - 10_000) < 4 * 20_000 / math.sqrt(12 * 2_000)
    assert merged(reversed(samples())).rows["a"].to_pylist() == sample.tolist()


TABLE = pa.table(
    {
        "number": pa.array([1, 2, 2, None], pa.int32()),
        "ratio": [0.5, math.nan, math.inf, 0.5],
        "yes": [True, False, True, None],
        "day": [date(1970, 1, 2), date(1970, 1, 4), None, None],
        "at": [datetime(1970, 1, 2, 12), None, datetime(1970, 1, 2, 18), None],
        "name": pa.array(["a", "b", "a", None]).dictionary_encode(),
        "nothing": pa.nulls(4),
    }
)


def test_a_column_of_each_type():
    columns = described(TableSketch, TABLE).columns
    kinds = {name: (each.kind, each.count, each.nulls) for name, each in columns.items()}
    assert kinds == {
        "number": ("number", 3, 1),
        "ratio": ("number", 2, 2),
        "yes": ("text", 3, 1),
        "day": ("date", 2, 2),
        "at": ("date", 2, 2),
        "name": ("text", 3, 1),
        "nothing": ("text", 0, 4),
    }
    assert columns["number"].moments.mean == pytest.approx(5 / 3)
    assert columns["day"].moments.mean == 2.0
    assert [columns["at"].quantiles.quantile(share) for share in (0, 1)] == [1.5, 1.75]
    assert columns["at"].frequent.most_frequent(1) == {"1970-01-02": 2}
    assert columns["yes"].frequent.most_frequent(1) == {"true": 2}


def test_a_table_of_shards_is_the_table():
    rng = np.random.default_rng(4)
    rows = pa.table({"a": rng.normal(size=5_000), "b": rng.integers(0, 9, 5_000).astype(str)})
    rows = pa.concat_tables([rows, rows.slice(0, 500)])
    whole = described(TableSketch, rows)
    assert (whole.rows, whole.distinct.estimate) == (5_500, 5_000)
    assert whole.distinct.repeated_share == pytest.approx(500 / 5_500)
    parts = [rows.slice(at, 1_100) for at in range(0, 5_500, 1_100)]
    # The order of the columns is that of the first part.
    parts[1] = parts[1].select(["b", "a"])
    in_batches = described(TableSketch, *parts)
    in_parts = merged(TableSketch(sample=RowSample(part)) for part in range(5))
    for part, each in enumerate(parts):
        in_parts.merge(described(TableSketch, each, sample=RowSample(part)))
    for other in (in_batches, in_parts):
        assert other.rows == whole.rows
        assert other.columns["b"].frequent == whole.columns["b"].frequent
        np.testing.assert_array_equal(other.distinct.hashes, whole.distinct.hashes)
        for name, each in whole.columns.items():
            assert other.columns[name].moments == each.moments
            assert other.columns[name].distinct.estimate == each.distinct.estimate


def test_a_column_with_many_texts_counts_all_its_rows():
    names = column([f"name {number}" for number in range(MOST_HASHES + 5_000)])
    assert described(ColumnSketch, names).count == MOST_HASHES + 5_000


def test_long_texts_are_cut_when_they_are_counted():
    found = described(ColumnSketch, column(["a" * 300, "a" * 299]))
    assert found.frequent.most_frequent(9) == {"a" * 200: 2}
    assert found.distinct.estimate == 2


def test_nested_columns_are_rejected():
    with pytest.raises(DataError, match=r"column tags is of type list<.*leave the column out"):
        described(TableSketch, pa.table({"tags": [[1], [2]]}))


def test_parts_with_other_columns_or_kinds_are_rejected():
    one, second = described(TableSketch, pa.table({"a": [1]})), pa.table({"b": [1]})
    with pytest.raises(DataError, match="different columns: a and b"):
        one.update(second)
    with pytest.raises(DataError, match="different columns: a and b"):
        one.merge(described(TableSketch, second))
    with pytest.raises(DataError, match="of the kinds number and text"):
        one.update(pa.table({"a": ["x"]}))
