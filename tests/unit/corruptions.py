"""Corruptions of the rows of a pipeline, as a broken source or query would cause them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd


@dataclass(frozen=True)
class Columns:
    """The columns that the corruptions change, and values for them.

    `period` is the column by which the source delivers rows. `sentinel` is a column and a value
    that means "unknown". `category` has a value that is renamed to `renamed`, which no row has, or
    merged into `merged`, which other rows have. Values of `unknown` become its second part; without
    it, the optional column disappears. `lost` changes the target of a row when most of what it
    counts is lost, `constant` is a target that many rows have.
    """

    target: str
    period: str
    number: str
    swapped: tuple[str, str]
    sentinel: tuple[str, Any]
    category: str
    value: Any
    renamed: Any
    merged: Any
    unknown: tuple[str, str | None]
    constant: Any
    lost: Callable[[pd.Series], pd.Series]


Corruption = Callable[[pd.DataFrame, Columns], pd.DataFrame]


def lost_rows(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows.iloc[::10]


def truncated_file(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows.iloc[: int(len(rows) * 0.7)]


def lost_events(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Nine of ten sales, or nine of ten positive answers, are lost; the rows remain."""
    return rows.assign(**{columns.target: columns.lost(rows[columns.target])})


def duplicated_rows(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return pd.concat([rows, rows.iloc[: len(rows) // 20]])


def duplicated_period(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return pd.concat([rows, rows[_largest_period(rows, columns)]])


def single_period(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows[_largest_period(rows, columns)]


def stopped_feed(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """The last quarter of the periods is missing."""
    periods = sorted(rows[columns.period].unique())
    return rows[rows[columns.period].isin(periods[: len(periods) * 3 // 4])]


def shifted_columns(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """The inputs of a row are those of another row."""
    inputs = rows.drop(columns=columns.target)
    moved = inputs.iloc[np.roll(np.arange(len(rows)), len(rows) // 3)].reset_index(drop=True)
    return pd.concat([rows[[columns.target]].reset_index(drop=True), moved], axis=1)[rows.columns]


def swapped_columns(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    first, second = columns.swapped
    return rows.assign(**{first: rows[second], second: rows[first]})


def constant_feature(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows.assign(**{columns.number: rows[columns.number].iloc[0]})


def sentinel_values(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """One row in twenty has a value such as 9999-12-31."""
    name, sentinel = columns.sentinel
    return rows.assign(**{name: rows[name].where(np.arange(len(rows)) % 20 > 0, sentinel)})


def unknown_values(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """A column is missing, or a third of its values is unknown."""
    name, unknown = columns.unknown
    if unknown is None:
        return rows.drop(columns=name)
    return rows.assign(**{name: rows[name].where(np.arange(len(rows)) % 3 > 0, unknown)})


def lost_values(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """Every second value is NULL."""
    some = rows[columns.number].where(np.arange(len(rows)) % 2 > 0)
    return rows.assign(**{columns.number: some})


def unit_change(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows.assign(**{columns.number: rows[columns.number] * 100})


def flipped_sign(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows.assign(**{columns.number: -rows[columns.number]})


def shuffled_labels(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    shuffled = np.random.default_rng(0).permutation(rows[columns.target])
    return rows.assign(**{columns.target: shuffled})


def constant_labels(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows.assign(**{columns.target: columns.constant})


def renamed_category(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows.assign(**{columns.category: _replaced(rows, columns, columns.renamed)})


def merged_categories(rows: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    return rows.assign(**{columns.category: _replaced(rows, columns, columns.merged)})


CORRUPTIONS: list[Corruption] = [
    *(lost_rows, truncated_file, lost_events, duplicated_rows, duplicated_period, single_period),
    *(stopped_feed, shifted_columns, swapped_columns, constant_feature, sentinel_values),
    *(unknown_values, lost_values, unit_change, flipped_sign, shuffled_labels, constant_labels),
    *(renamed_category, merged_categories),
]


def _largest_period(rows: pd.DataFrame, columns: Columns) -> pd.Series:
    return rows[columns.period] == rows[columns.period].mode().iloc[0]


def _replaced(rows: pd.DataFrame, columns: Columns, value: Any) -> pd.Series:
    return rows[columns.category].where(rows[columns.category] != columns.value, value)
