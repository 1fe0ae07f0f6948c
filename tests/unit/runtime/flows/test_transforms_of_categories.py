"""Transforms of categories, times and texts equal those of scikit-learn on the same rows."""

from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.metrics import roc_auc_score
from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, TargetEncoder

from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.row_hashes import hashes_of
from pipeline_code.runtime.schema import DATE, FLOAT, STRING, TIMESTAMP, Column, Schema
from pipeline_code.runtime.transforms.drop_columns import DropColumns
from pipeline_code.runtime.transforms.fill_missing import FillMissing
from pipeline_code.runtime.transforms.format_text import FormatText
from pipeline_code.runtime.transforms.hash_text import HashText
from pipeline_code.runtime.transforms.is_one_of import IsOneOf
from pipeline_code.runtime.transforms.one_hot import OneHot
from pipeline_code.runtime.transforms.ordinal import Ordinal
from pipeline_code.runtime.transforms.parse_vector import ParseVector
from pipeline_code.runtime.transforms.scale import Scale
from pipeline_code.runtime.transforms.target_mean import TargetMean
from pipeline_code.runtime.transforms.text_length import TextLength
from pipeline_code.runtime.transforms.tf_idf import TfIdf
from pipeline_code.runtime.transforms.time_parts import TimeParts
from tests.unit.runtime.flows.rows import SCHEMA, rows_of

TRAIN, TEST = rows_of(2_000, missing=0.0), rows_of(300, seed=1, missing=0.0)
PLACE = Schema((Column("place", STRING, nullable=True),))


def objects(rows: pa.Table, *names: str) -> np.ndarray:
    return np.column_stack([np.array(rows[name].to_pylist(), dtype=object) for name in names])


def selected(*names: str) -> Schema:
    return Schema(tuple(column for column in SCHEMA.columns if column.name in names))


def test_flags_equal_those_of_scikit_learn():
    schema = selected("place", "venue")
    fitted = Flow(schema, [OneHot(["place", "venue"])]).fit_table(TRAIN.select(schema.names))
    reference = OneHotEncoder(sparse_output=False, handle_unknown="ignore")
    expected = reference.fit(objects(TRAIN, "place", "venue")).transform(
        objects(TEST, "place", "venue")
    )
    np.testing.assert_array_equal(fitted.matrix(TEST), expected)
    assert fitted.features[:5] == (
        "place=Arena",
        "place=Barn",
        "place=Club",
        "place=Hall",
        "venue=1",
    )


def test_a_missing_or_unknown_category_has_no_flag_and_no_number():
    rows = pa.table({"place": pa.array(["Shed", None, "Hall"])})
    train = TRAIN.select(["place"])
    assert Flow(PLACE, [OneHot(["place"])]).fit_table(train).matrix(rows).tolist() == [
        *([0.0] * 4 for _ in range(2)),
        [0, 0, 0, 1],
    ]
    found = Flow(PLACE, [Ordinal(["place"])]).fit_table(train).matrix(rows)
    np.testing.assert_array_equal(found, [[np.nan], [np.nan], [3]])
    own = Flow(PLACE, [FillMissing(["place"], "own category"), OneHot(["place"])])
    assert own.fit_table(rows).features == ("place=", "place=Hall", "place=Shed")


def test_an_unknown_category_can_be_an_error():
    rows = pa.table({"place": ["Hall", "Shed"]})
    declared = OneHot(["place"], categories={"place": ["Hall", "Arena"]}, unknown="error")
    flow = Flow(PLACE, [declared]).without_fit()
    assert flow.matrix(rows[:1]).tolist() == [[1, 0]]
    with pytest.raises(DataError, match="row 2, column place: 'Shed' is not one of Hall, Arena"):
        flow.matrix(rows)
    with pytest.raises(SettingError, match="categories has no values for place"):
        OneHot(["place"], categories={"other": ["Hall"]})


def test_only_the_most_frequent_categories_are_known():
    fitted = Flow(PLACE, [OneHot(["place"], most=2)]).fit_table(TRAIN.select(["place"]))
    assert fitted.features == ("place=Arena", "place=Hall")


def test_numbers_of_categories_equal_those_of_scikit_learn():
    fitted = Flow(PLACE, [Ordinal(["place"])]).fit_table(TRAIN.select(["place"]))
    expected = OrdinalEncoder().fit(objects(TRAIN, "place")).transform(objects(TEST, "place"))
    np.testing.assert_array_equal(fitted.matrix(TEST.select(["place"])), expected)


@pytest.mark.parametrize("smooth", [None, 20.0])
def test_target_means_equal_those_of_scikit_learn_with_the_same_folds(smooth):
    # With the price, the rows of each value are in several folds.
    schema = selected("sold", "place", "venue", "price")
    rows = TRAIN.select(schema.names)
    transform = TargetMean(["place", "venue"], target="sold", smooth=smooth)
    flow = Flow(schema, [transform, DropColumns(["price"])], target="sold")
    fitted = flow.fit_table(rows)
    (inputs,) = rows.drop_columns(["sold"]).combine_chunks().to_batches()
    folds = (hashes_of(inputs) % np.uint64(5)).astype(int)
    splits = [(np.flatnonzero(folds != n), np.flatnonzero(folds == n)) for n in range(5)]
    reference = TargetEncoder(
        target_type="continuous", smooth="auto" if smooth is None else smooth, cv=splits
    )
    columns, target = objects(rows, "place", "venue"), rows["sold"].to_numpy()
    encoded = reference.fit_transform(columns, target)
    np.testing.assert_allclose(fitted.training_matrix(rows), encoded, rtol=1e-9)
    unknown = pa.table({"place": ["Shed"], "venue": [999]})
    test = pa.concat_tables([TEST.select(["place", "venue"]), unknown])
    expected = reference.transform(objects(test, "place", "venue"))
    test = test.append_column("price", pa.nulls(test.num_rows, pa.float64()))
    np.testing.assert_allclose(fitted.matrix(test), expected, rtol=1e-9)


def test_the_fold_of_a_row_does_not_tell_its_target():
    """The rows are few different ones, and their target is independent of the category."""
    rows = rows_of(4_000, missing=0).select(["place", "venue"])
    rows = rows.set_column(1, "venue", pa.compute.bit_wise_and(rows["venue"], 3))
    labels = np.random.default_rng(7).integers(0, 2, rows.num_rows).astype(bool)
    schema = selected("sold", "place", "venue")
    rows = rows.append_column("sold", pa.array(labels.astype(float))).select(schema.names)
    fitted = Flow(schema, [TargetMean(["place"], target="sold")], target="sold").fit_table(rows)
    train, served = fitted.training_matrix(rows)[:, 0], fitted.matrix(rows)[:, 0]
    assert 0.45 < roc_auc_score(labels, train) < 0.53
    assert abs(roc_auc_score(labels, served) - 0.5) < 0.05


def test_a_category_of_a_single_fold_has_the_mean_of_all_training_rows():
    schema = selected("sold", "place")
    rows = pa.table({"sold": [1.0, 1.0, 0.0, 0.0], "place": ["Hall", "Hall", "Barn", "Barn"]})
    fitted = Flow(schema, [TargetMean(["place"], target="sold")], target="sold").fit_table(rows)
    assert set(fitted.training_matrix(rows)[:, 0]) == {0.5}


@pytest.mark.parametrize(
    ("target", "transform", "message"),
    [
        ("sold", TargetMean(["place"], target="open"), "target is 'open': must be the flow's"),
        (None, TargetMean(["place"], target="sold"), "target is 'sold': must be the flow's"),
        ("note", TargetMean(["place"], target="note"), "'note' is of type string: its mean needs"),
        ("sold", TargetMean(["place"], target="sold", positive="y"), "positive is 'y': target"),
        ("prize", Scale(["sold"]), "target is 'prize': must be a column of the flow: sold, open"),
        (None, OneHot(["place"], categories={"place": [3]}), "3 is not a value of 'place', of"),
        (None, IsOneOf(["venue"], ["Hall"], "hall"), "'Hall' is not a value of 'venue', of"),
    ],
)
def test_a_wrong_target_or_category_is_rejected_at_import(target, transform, message):
    with pytest.raises(SettingError, match=message):
        Flow(selected("sold", "open", "place", "note", "venue"), [transform], target=target)


@pytest.mark.parametrize("transform", [OneHot, Ordinal])
def test_categories_of_a_column_without_values(transform):
    for name in ("place", "venue", "open"):
        nulls = pa.nulls(3, SCHEMA.arrow().field(name).type)
        rows = pa.table({name: nulls, "sold": [1.0, 2.0, 3.0]})
        schema = Schema(tuple(replace(each, nullable=True) for each in selected(name).columns))
        schema = Schema((*schema.columns, *selected("sold").columns))
        fitted = Flow(schema, [transform([name])]).fit_table(rows)
        assert fitted.matrix(rows)[:, -1].tolist() == [1, 2, 3]
        assert fitted.matrix(TEST.select([name, "sold"])).shape[0] == TEST.num_rows


def test_a_missing_value_is_not_an_unknown_category():
    declared = OneHot(["place"], categories={"place": ["Hall"]}, unknown="error")
    flow = Flow(PLACE, [declared]).without_fit()
    rows = pa.table({"place": ["Hall", None]})
    assert flow.matrix(rows).tolist() == [[1], [0]]
    assert flow.matrix(rows.slice(1)).tolist() == [[0]]


def test_the_target_of_a_class_is_the_share_of_the_positive_value():
    schema = selected("open", "place")
    transform = TargetMean(["place"], target="open", positive=True, smooth=0.0)
    fitted = Flow(schema, [transform], target="open").fit_table(TRAIN.select(schema.names))
    hall = TRAIN.filter(pa.compute.equal(TRAIN["place"], "Hall"))["open"].to_numpy().mean()
    assert fitted.matrix(pa.table({"place": ["Hall"]})).tolist() == [[hall]]


def test_a_list_of_values_becomes_one_flag():
    fitted = Flow(PLACE, [IsOneOf(["place"], ["Hall", "Club"], "inside")]).without_fit()
    rows = pa.table({"place": ["Hall", "Barn", None]})
    assert fitted.apply(rows.to_batches()[0])["inside"].to_pylist() == [1, 0, 0]


def test_times_become_parts_and_cycles():
    schema = Schema((Column("day", DATE), Column("at", TIMESTAMP)))
    rows = pa.table(
        {"day": [date(1970, 1, 2)], "at": [datetime(2008, 12, 31, 18)]}, schema=schema.arrow()
    )
    parts = ["day_since_1970", "year", "quarter", "month", "week", "day", "day_of_week"]
    parts = [*parts, "day_of_year", "hour", "minute"]
    flow = Flow(schema, [TimeParts(["at"], parts), DropColumns(["day"])]).without_fit()
    assert flow.matrix(rows).tolist() == [[14244.75, 2008, 4, 12, 1, 31, 2, 366, 18, 0]]
    days = Flow(schema, [TimeParts(["day"]), DropColumns(["at"])]).without_fit()
    assert days.matrix(rows).tolist() == [[1, 4, 2]]
    cycle = Flow(schema, [TimeParts(["at"], [], ["hour", "month"]), DropColumns(["day"])])
    fitted = cycle.without_fit()
    assert fitted.features == ("at.hour.sin", "at.hour.cos", "at.month.sin", "at.month.cos")
    np.testing.assert_allclose(fitted.matrix(rows), [[-1, 0, -0.5, 3**0.5 / 2]], atol=1e-12)


def test_each_hour_is_as_near_to_the_next_as_the_last_to_the_first():
    hours = [datetime(2008, 1, 1, hour) for hour in range(24)] + [datetime(2008, 1, 2)]
    schema = Schema((Column("n", FLOAT), Column("at", TIMESTAMP)))
    rows = pa.table({"n": [0.0] * 25, "at": hours}, schema=schema.arrow())
    flow = Flow(schema, [TimeParts(["at"], [], ["hour"]), DropColumns(["n"])])
    distances = [np.linalg.norm(a - b) for a, b in pairwise(flow.without_fit().matrix(rows))]
    np.testing.assert_allclose(distances, distances[0])


NOTE = Schema((Column("note", STRING, nullable=True),))


def test_weights_of_words_equal_those_of_scikit_learn():
    fitted = Flow(NOTE, [TfIdf(["note"])]).fit_table(TRAIN.select(["note"]))
    reference = TfidfVectorizer().fit(TRAIN["note"].to_pylist())
    assert [name.removeprefix("note:") for name in fitted.features] == sorted(reference.vocabulary_)
    expected = reference.transform(TEST["note"].to_pylist()).toarray()
    np.testing.assert_allclose(fitted.matrix(TEST.select(["note"])), expected, rtol=1e-12)


def test_hashes_of_words_equal_those_of_scikit_learn():
    texts = [*TEST["note"].to_pylist(), "Größe naïve ÆON x yz", "", "日本 tickets tickets"]
    fitted = Flow(NOTE, [HashText(["note"], 16)]).without_fit()
    expected = HashingVectorizer(n_features=16).transform(texts).toarray()
    np.testing.assert_allclose(fitted.matrix(pa.table({"note": texts})), expected, rtol=1e-12)


def test_texts_are_formatted_and_measured():
    rows = pa.table({"note": ["  Two  WORDS 7", " ", None]})
    form = FormatText(["note"], ["trim", "single_spaces", "lower"], "[0-9]+", "#")
    flow = Flow(NOTE, [form, TextLength(["note"])]).without_fit()
    batch = flow.apply(rows.to_batches()[0])
    assert batch["note"].to_pylist() == ["two words #", None, None]
    assert batch["note.characters"].to_pylist() == [11, None, None]
    assert batch["note.words"].to_pylist() == [3, None, None]
    with pytest.raises(SettingError, match="pattern is '.': .*missing"):
        FormatText(["note"], pattern="(")
    with pytest.raises(SettingError, match="an operation is 'swap': allowed are 'trim', 'lower'"):
        FormatText(["note"], ["swap"])


def test_a_text_of_numbers_becomes_columns():
    flow = Flow(NOTE, [ParseVector(["note"], 2)]).without_fit()
    rows = pa.table({"note": ["[0.5, -1]", None, "2,3"]})
    np.testing.assert_array_equal(flow.matrix(rows), [[0.5, -1], [np.nan] * 2, [2, 3]])
    for text in ("[1]", "1,x", "1,2,3"):
        with pytest.raises(DataError, match=r"row 2, column note: '.*' must be 2 numbers"):
            flow.matrix(pa.table({"note": ["1,2", text]}))
