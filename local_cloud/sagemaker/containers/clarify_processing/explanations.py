"""The Shapley values of a model's scores, for all rows of the dataset."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from .analysis_config import Config
from .analysis_error import UserError
from .explanation import Explanation
from .kernel_shap import kernel_shap
from .shadow_endpoint import Predict, scores

_LOCAL = "explanations_shap/out.csv"
# Without a baseline, so many random rows of the dataset represent it.
_BACKGROUND_ROWS = 20


def explain(
    config: Config, features: pd.DataFrame, predict: Predict, output: Path
) -> dict[str, Any]:
    """Return the member `explanations` of analysis.json, and write the values of each row."""
    shap = config["methods"]["shap"]
    seed = int(shap.get("seed") or 0)
    explanation = kernel_shap(
        lambda rows: scores(predict(rows.to_pandas()), config["predictor"]),
        pa.Table.from_pandas(features, preserve_index=False),
        _background(shap, features, seed),
        seed=seed,
    )
    labels = config["predictor"].get("label_headers") or ["label0"]
    if shap.get("save_local_shap_values", True):
        _write_local(explanation, labels[0], output / _LOCAL)
    section = explanation.section()["kernel_shap"]["label0"]
    return {"kernel_shap": {labels[0]: section}}


def _background(shap: Config, features: pd.DataFrame, seed: int) -> pa.Table:
    rows = shap.get("baseline")
    if not rows:
        sampled = features.sample(min(len(features), _BACKGROUND_ROWS), random_state=seed)
        return pa.Table.from_pandas(sampled, preserve_index=False)
    listed = rows if isinstance(rows[0], list) else [rows]
    if any(len(row) != len(features.columns) for row in listed):
        raise UserError(f"methods.shap.baseline: expected rows of {len(features.columns)} values")
    table = pd.DataFrame(listed, columns=features.columns)
    return pa.Table.from_pandas(table, preserve_index=False)


def _write_local(explanation: Explanation, label: str, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    named = {f"{name}_{label}": values for name, values in explanation.values.items()}
    pd.DataFrame(named).to_csv(path, index=False)
