"""Profiles describe rows by counts, and those of parts add up to that of the whole."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest

from pipeline_code.runtime.data_profile import (
    MOST_KEYS,
    Profile,
    profile_of,
    read_profile,
)
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.profile_comparison import (
    distance,
    mean_and_deviation,
    repeated_share,
    signal,
    unseen_share,
)
from pipeline_code.runtime.schema import DATE, FLOAT, STRING, Column, Schema

DATASET = Dataset(
    Schema((Column("sold", FLOAT), Column("day", DATE), Column("kind", STRING))), "sold"
)


def table(sold, *, day="2008-01-01", kind="a"):
    """Return rows; a single day, or one kind, is that of all rows."""
    days = [day] * len(sold) if isinstance(day, str) else day
    kinds = list(kind) if len(kind) == len(sold) else [kind] * len(sold)
    columns = [np.asarray(sold, dtype=float), [date.fromisoformat(each) for each in days], kinds]
    return pa.table(columns, schema=DATASET.schema.arrow())


def profile(sold, **columns):
    return profile_of(table(sold, **columns), DATASET)


def many(seed, rows=5_000):
    rng = np.random.default_rng(seed)
    days = [str(date.fromordinal(733_000 + int(n))) for n in rng.integers(0, 100, rows)]
    return table(rng.gamma(2.0, 500.0, rows), day=days, kind=rng.choice(["a", "b"], rows))


def test_a_column_has_its_range_and_the_rows_and_targets_of_each_value():
    found = profile([1.0, 1.0, 4.0], day=["2008-01-02", "2008-01-01", "2008-01-02"], kind="aba")
    assert found.rows == 3
    assert (found.columns["sold"].least, found.columns["sold"].most) == (1.0, 4.0)
    assert found.columns["day"].buckets == {"2008-01-01": [1, 1.0], "2008-01-02": [2, 5.0]}
    assert (found.columns["day"].least, found.columns["day"].most) == ("2008-01-01", "2008-01-02")
    assert found.columns["kind"].buckets == {"a": [2, 5.0], "b": [1, 1.0]}


def test_numbers_are_counted_by_three_digits_and_the_range_is_exact():
    found = profile([1234.0, 1233.0, 99.96]).columns["sold"]
    assert found.buckets == {"1.23e+03": [2, 2467.0], "100": [1, 99.96]}
    assert (found.least, found.most) == (99.96, 1234.0)


def test_values_that_are_absent_are_counted():
    rows = table([1.0, 2.0]).set_column(2, "kind", pa.array(["a", None]))
    found = profile_of(rows, DATASET).columns["kind"]
    assert (found.nulls, dict(found.buckets)) == (1, {"a": [1, 1.0]})


@pytest.mark.parametrize("parts", [2, 7])
def test_the_profiles_of_parts_add_up_to_that_of_all_rows_in_any_order(parts, tmp_path):
    rows = many(0)
    shuffled = rows.take(np.random.default_rng(1).permutation(rows.num_rows))
    for number in range(parts):
        part = profile_of(shuffled.take(np.arange(number, rows.num_rows, parts)), DATASET)
        (tmp_path / f"profile-algo-{number}.json").write_text(part.to_json())
    (tmp_path / "profile-without-rows.json").write_text(Profile(0, {}, {}).to_json())
    whole = tmp_path / "whole"
    whole.mkdir()
    (whole / "profile.json").write_text(profile_of(rows, DATASET).to_json())
    assert read_profile(tmp_path) == read_profile(whole)
    assert read_profile(tmp_path).digest == read_profile(whole).digest


def test_names_and_other_texts_with_many_values_are_not_in_the_profile():
    found = profile(range(30_000), kind=[f"person {n}" for n in range(30_000)])
    assert found.columns["kind"].buckets == {}
    assert len(found.keys) == MOST_KEYS
    assert len(found.to_json()) < 300_000


def test_parts_with_other_columns_are_refused():
    other = profile_of(table([1.0]).drop_columns(["kind"]), DATASET)
    with pytest.raises(DataError, match="different columns: sold, day, kind and sold, day"):
        profile([1.0]).merged(other)


def test_no_rows_and_other_files_are_refused(tmp_path):
    with pytest.raises(DataError, match="have no rows"):
        read_profile(tmp_path)
    for text in ("", "[]", "{}", '{"rows": 1, "keys": {}, "columns": {"a": {"size": 1}}}'):
        (tmp_path / "profile.json").write_text(text)
        with pytest.raises(DataError, match="not a profile"):
            read_profile(tmp_path)


def test_repeated_rows_are_found_in_a_sample_of_many():
    rows = many(0, rows=50_000)
    assert repeated_share(profile_of(rows, DATASET)) == 0
    repeated = pa.concat_tables([rows, rows[:5_000]])
    assert 0.07 < repeated_share(profile_of(repeated, DATASET)) < 0.11


def test_the_distance_is_that_of_the_distributions_without_the_random_part():
    before, after = (profile_of(many(seed), DATASET).columns for seed in (0, 1))
    assert max(distance(before[name], after[name]) for name in before) == 0
    shifted = profile(many(0)["sold"].to_numpy() + 500)
    assert distance(before["sold"], shifted.columns["sold"]) > 0.2
    renamed = profile([1.0] * 1_000, kind="aaab" * 250).columns["kind"]
    assert 0.15 < distance(before["kind"], renamed) < 0.25


def test_unseen_values_are_new_texts_and_numbers_outside_the_range():
    before = profile([1.0, 9.0], kind="ab").columns
    after = profile([5.0, 9.0, 10.0, 0.0], kind="abca").columns
    assert unseen_share(before["sold"], after["sold"]) == 0.5
    assert unseen_share(before["kind"], after["kind"]) == 0.25


def test_the_signal_is_the_explained_share_of_the_target_s_variance():
    rng = np.random.default_rng(0)
    kinds = rng.choice(["a", "b"], 4_000)
    sold = (kinds == "a") * 2.0 + rng.normal(0, 1, 4_000)
    related = profile(sold, kind=kinds).columns
    shuffled = profile(rng.permutation(sold), kind=kinds).columns
    assert mean_and_deviation(related["sold"]) == pytest.approx((sold.mean(), sold.std()), rel=0.01)
    assert signal(related["kind"], related["sold"]) == pytest.approx(0.5, abs=0.05)
    assert signal(shuffled["kind"], shuffled["sold"]) < 0.01
