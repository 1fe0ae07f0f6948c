"""The texts of a new pipeline that depend on the kind of its model, by placeholder."""

from collections.abc import Mapping

KIND_PLACEHOLDERS: Mapping[str, Mapping[str, str]] = {
    "regression": {
        "champion": "rmse",
        "estimator": "HistGradientBoostingRegressor",
        "metric": "regression_metrics.rmse_ratio.value",
        "parameter": "MaxErrorRatio",
        "limit": "0.9",
        "operator": "<=",
        "bound": "at most",
        "measure": "error divided by the error of predicting the mean",
        "as_object": "lambda number: {TARGET: number}",
        "hosted_names": "DATASET, FLOW, TARGET",
        "hosted_imports": "",
    },
    "binary": {
        "champion": "auc",
        "estimator": "HistGradientBoostingClassifier",
        "metric": "binary_classification_metrics.auc.value",
        "parameter": "MinAuc",
        "limit": "0.6",
        "operator": ">=",
        "bound": "at least",
        "measure": "AUC",
        "as_object": 'lambda number: {"probability": number}',
        "hosted_names": "DATASET, FLOW",
        "hosted_imports": "",
    },
    "multiclass": {
        "champion": "macro_f1",
        "estimator": "HistGradientBoostingClassifier",
        "metric": "multiclass_classification_metrics.error_ratio.value",
        "parameter": "MaxErrorRatio",
        "limit": "0.9",
        "operator": "<=",
        "bound": "at most",
        "measure": "error rate divided by that of a constant answer",
        "as_object": "as_class(DATASET)",
        "hosted_names": "DATASET, FLOW",
        "hosted_imports": "from pipeline_code.runtime.class_answers import as_class\n",
    },
}
