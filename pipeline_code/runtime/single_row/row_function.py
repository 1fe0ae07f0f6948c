"""Compiles a fitted estimator to a function of one row, for the requests of an endpoint.

scikit-learn checks and copies its input in each step of a pipeline, and starts threads for each
tree. For one row, this takes milliseconds. The compiled functions read the fitted attributes once
and give the same numbers.
"""

from collections.abc import Callable, Mapping
from typing import Any

from pipeline_code.runtime.single_row.boosted_trees import compile_boosted_trees
from pipeline_code.runtime.single_row.column_transformer import compile_column_transformer
from pipeline_code.runtime.single_row.step_sequence import compile_pipeline
from pipeline_code.runtime.single_row.target_encoder import compile_target_encoder
from pipeline_code.runtime.single_row.types import CompilePart, RowFunction

Compiler = Callable[[Any, CompilePart], RowFunction | None]


def row_function(estimator: Any) -> RowFunction | None:
    """Return the function of one row, or None if the estimator has none.

    The function takes the features, of shape (features,), and returns what `predict_proba` of a
    classifier, `predict` of a regressor, or `transform` returns for this row: an array of numbers.
    """
    compiler = _COMPILERS.get(type(estimator).__name__)
    if compiler is None or not type(estimator).__module__.startswith("sklearn."):
        return None
    return compiler(estimator, row_function)


# The class of scikit-learn -> what compiles its estimators. Subclasses may predict differently.
_COMPILERS: Mapping[str, Compiler] = {
    "ColumnTransformer": compile_column_transformer,
    "HistGradientBoostingClassifier": compile_boosted_trees,
    "HistGradientBoostingRegressor": compile_boosted_trees,
    "Pipeline": compile_pipeline,
    "TargetEncoder": compile_target_encoder,
}
