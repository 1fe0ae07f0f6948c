"""The bias metrics of a dataset, before and after training, as sections of analysis.json."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .analysis_config import POST, PRE, SHAP, Config
from .bias_metrics import Flags
from .bias_report import Document, Facet, Outcomes, bias_section, post_training, pre_training
from .dataset import name_of
from .shadow_endpoint import scores
from .value_groups import is_continuous, rows_of, shown

_MEASURES = {PRE: pre_training, POST: post_training}
_DEFAULT_THRESHOLD = 0.5


def bias_sections_of(
    config: Config, data: pd.DataFrame, predicted: Flags | None
) -> dict[str, Document]:
    """Return the sections of the methods of the config. POST needs the `predicted` labels."""
    label = name_of(data, config["label"])
    given = config["label_values_or_threshold"]
    positive = rows_of(data[label], given)
    group = config.get("group_variable")
    groups = None if group is None else name_of(data, group)
    outcomes = {
        facet: Outcomes(
            facet=flags,
            positive=positive,
            predicted=positive if predicted is None else predicted,
            groups=np.zeros(len(data)) if groups is None else data[groups].to_numpy(),
            features=_numbers(data.drop(columns=[label, facet.column])),
        )
        for facet, flags in _facets(config, data)
    }
    undefined = {} if groups else dict.fromkeys(("CDDL", "CDDPL"), "there is no group_variable")
    texts = [name for name in data.columns if name != label and not _is_numeric(data[name])]
    sections: dict[str, Document] = {}
    for method in (each for each in _MEASURES if each in config["methods"]):
        wanted = config["methods"][method].get("methods", "all")
        measured = {
            facet: _chosen(_MEASURES[method](rows), wanted, undefined | _flip(texts, facet))
            for facet, rows in outcomes.items()
        }
        section = bias_section(label, shown(data[label], given), measured)
        sections[f"{method}_metrics"] = section
    return sections


def positive_predictions(config: Config, data: pd.DataFrame, fields: list[list[str]]) -> Flags:
    """Return which rows have the positive prediction.

    With `label`, the response contains labels. Otherwise it contains a score, which is compared
    with `probability_threshold`, or with the threshold of continuous labels.
    """
    predictor, given = config["predictor"], config["label_values_or_threshold"]
    if "label" in predictor and "probability" not in predictor:
        labels = pd.Series([row[predictor["label"]] for row in fields])
        column = data[name_of(data, config["label"])]
        numeric = _is_numeric(column)
        return rows_of(pd.to_numeric(labels) if numeric else labels, given)
    threshold = config.get("probability_threshold")
    if threshold is None:
        column = data[name_of(data, config["label"])]
        threshold = given[0] if is_continuous(column, given) else _DEFAULT_THRESHOLD
    return np.asarray(scores(fields, predictor) > float(threshold), dtype=np.bool_)


def features_of(config: Config, data: pd.DataFrame) -> pd.DataFrame:
    """Return the columns that the model receives: all but the label."""
    if config.get("label") is None:
        return data
    return data.drop(columns=[name_of(data, config["label"])])


def needs_model(config: Config) -> bool:
    """Return whether a method needs predictions."""
    return bool({POST, SHAP} & set(config["methods"]))


def _facets(config: Config, data: pd.DataFrame) -> Iterator[tuple[Facet, Flags]]:
    given = config["facet"]
    for each in given if isinstance(given, list) else [given]:
        column = name_of(data, each["name_or_index"])
        values = data[column]
        listed = each.get("value_or_threshold")
        for value in [listed] if listed else [[one] for one in values.unique()]:
            yield Facet(column, shown(values, value), known=0.0), rows_of(values, value)


def _chosen(metrics: list[Document], wanted: Any, undefined: Mapping[str, str]) -> list[Document]:
    """Return the wanted metrics. A metric that is not defined has no value, but the reason."""
    names = [wanted] if isinstance(wanted, str) else wanted
    return [
        {**metric, "value": None, "error": undefined[metric["name"]]}
        if metric["name"] in undefined
        else metric
        for metric in metrics
        if names == ["all"] or metric["name"] in names
    ]


def _flip(texts: list[str], facet: Facet) -> dict[str, str]:
    if any(name != facet.column for name in texts):
        return {"FT": "the flip test does not support columns that are not numeric"}
    return {}


def _numbers(data: pd.DataFrame) -> Any:
    numeric = [name for name in data.columns if _is_numeric(data[name])]
    return data[numeric].to_numpy(dtype=np.float64)


def _is_numeric(values: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values))
