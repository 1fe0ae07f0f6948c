"""The candidates of an AutoML job: pipelines of preprocessing and an estimator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd
from sklearn.compose import ColumnTransformer, make_column_selector
from sklearn.ensemble import (
    ExtraTreesClassifier,
    ExtraTreesRegressor,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestClassifier,
    RandomForestRegressor,
)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from xgboost import XGBClassifier, XGBRegressor

REGRESSION = "Regression"
_MAX_CATEGORIES = 50
_SEED = 0
_Estimators = Mapping[str, Callable[[], Any]]
_BOOSTED = {"random_state": _SEED, "n_jobs": 1}
# The order is that of the search: cheap candidates first, so that a short search has a result.
_REGRESSORS: _Estimators = {
    "linear": lambda: Ridge(),
    "hist-gradient-boosting": lambda: HistGradientBoostingRegressor(random_state=_SEED),
    "xgboost": lambda: XGBRegressor(n_estimators=200, max_depth=4, learning_rate=0.1, **_BOOSTED),
    "random-forest": lambda: RandomForestRegressor(random_state=_SEED),
    "extra-trees": lambda: ExtraTreesRegressor(random_state=_SEED),
    "xgboost-deep": lambda: XGBRegressor(n_estimators=300, max_depth=8, **_BOOSTED),
}
_CLASSIFIERS: _Estimators = {
    "linear": lambda: LogisticRegression(max_iter=1000),
    "hist-gradient-boosting": lambda: HistGradientBoostingClassifier(random_state=_SEED),
    "xgboost": lambda: XGBClassifier(n_estimators=200, max_depth=4, learning_rate=0.1, **_BOOSTED),
    "random-forest": lambda: RandomForestClassifier(random_state=_SEED),
    "extra-trees": lambda: ExtraTreesClassifier(random_state=_SEED),
    "xgboost-deep": lambda: XGBClassifier(n_estimators=300, max_depth=8, **_BOOSTED),
}


def candidates(problem_type: str) -> dict[str, Pipeline]:
    """Return the candidates for a type of problem, by name."""
    estimators = _REGRESSORS if problem_type == REGRESSION else _CLASSIFIERS
    return {name: make_pipeline(_preprocessing(), make()) for name, make in estimators.items()}


def infer_problem_type(target: pd.Series[Any]) -> str:
    """Return the type of problem: a number with many values is a regression."""
    values = target.nunique()
    if values == 2:
        return "BinaryClassification"
    is_number = pd.api.types.is_numeric_dtype(target)
    is_real = is_number and (values > 20 or pd.api.types.is_float_dtype(target))
    return REGRESSION if is_real else "MulticlassClassification"


def _preprocessing() -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    categories = make_pipeline(
        SimpleImputer(strategy="most_frequent"),
        OneHotEncoder(
            handle_unknown="infrequent_if_exist",
            max_categories=_MAX_CATEGORIES,
            sparse_output=False,
        ),
    )
    return ColumnTransformer(
        [
            ("numbers", numbers, make_column_selector(dtype_include="number")),
            ("categories", categories, make_column_selector(dtype_exclude="number")),
        ]
    )
