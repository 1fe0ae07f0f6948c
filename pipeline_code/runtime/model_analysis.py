"""The job that analyses a trained model: bias of its data and predictions, and explanations.

Own code in the image of the pipeline, because SageMaker Clarify is closed to new customers. The
report has the format of Clarify.
"""

import json
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline_code.runtime.bias_metrics import Flags
from pipeline_code.runtime.bias_report import (
    BiasConfig,
    Facet,
    Outcomes,
    bias_increase,
    bias_sections,
)
from pipeline_code.runtime.classification import THRESHOLD
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.explanation import Explanation
from pipeline_code.runtime.job_errors import DataError, SettingError
from pipeline_code.runtime.kernel_shap import kernel_shap
from pipeline_code.runtime.model_archive import unpacked
from pipeline_code.runtime.shards import read_shards, require_rows

M = TypeVar("M")
Numbers = npt.NDArray[np.float64]
REPORT = "analysis.json"
# Random rows that represent all rows in explanations. Trees are explained faster.
TREE_ROWS, KERNEL_ROWS, BACKGROUND_ROWS = 1_000, 50, 20


def analyse(
    container: Container,
    dataset: Dataset,
    *,
    load: Callable[[str], M],
    predict: Callable[[pa.Table, M], Numbers],
    bias: BiasConfig,
    explain: Callable[[pa.Table, M], Explanation] | None = None,
) -> None:
    """Write analysis.json, with the rows of the input `rows`, to the output `analysis`.

    `load` and `predict` are those of `evaluate`, for a classifier. The report has the bias metrics
    before and after the training, `bias_increase` for a gate, and the SHAP values that `explain`
    returns for a sample of the rows (`tree_shap`). Without `explain`, the predictions are explained
    by kernel SHAP. Raises DataError and SettingError.
    """
    shards = read_shards(container.processing_input("rows"), dataset.schema)
    require_rows(shards, what="the input rows")
    rows = dataset.in_order(shards.table)
    inputs = rows.drop_columns([dataset.target])
    with unpacked(container.processing_input("model") / "model.tar.gz") as folder:
        model = load(str(folder))
        report = {
            "version": "1.0",
            "dataset": {"item_count": rows.num_rows},
            **bias_of(dataset, bias, rows, predict(inputs, model)),
            "explanations": _explained(inputs, model, predict, explain).section(),
        }
    text = json.dumps(report, indent=2, allow_nan=False) + "\n"
    (container.processing_output("analysis") / REPORT).write_text(text, encoding="utf-8")
    print(text)


def bias_of(
    dataset: Dataset, bias: BiasConfig, rows: pa.Table, predicted: Numbers
) -> dict[str, Any]:
    """The bias sections and `bias_increase` for rows with target and their probabilities.

    Raises DataError if a facet has none or all of the rows, and SettingError for a regression.
    """
    facets = outcomes_of(dataset, bias, rows, predicted >= THRESHOLD, dataset.labels(rows))
    for facet, measured in facets.items():
        if reason := missing_group(facet, measured):
            raise DataError(reason)
    sections = bias_sections(dataset.target, str(dataset.positive), facets)
    return {**sections, "bias_increase": bias_increase(facets)}


def outcomes_of(
    dataset: Dataset, bias: BiasConfig, rows: pa.Table, predicted: Flags, positive: Flags
) -> dict[Facet, Outcomes]:
    """What the metrics of each facet need; `predicted` and `positive` are those of the rows.

    Raises SettingError for a regression.
    """
    if dataset.positive is None:
        raise SettingError("bias is measured for classes: the Dataset needs a value for `positive`")
    features = bias.features(rows)
    # Numbers, which are sorted also if values are missing.
    groups = pc.index_in(rows[bias.group], rows[bias.group].unique()).to_numpy()

    def outcomes(facet: Facet) -> Outcomes:
        others = [each for column, each in features.items() if column != facet.column]
        return Outcomes(
            facet=np.asarray(pc.equal(rows[facet.column], facet.value).to_numpy(), dtype=np.bool_),
            positive=positive,
            predicted=predicted,
            groups=groups,
            features=np.hstack(others).astype(np.float64),
        )

    return {facet: outcomes(facet) for facet in bias.facets}


def missing_group(facet: Facet, rows: Outcomes) -> str | None:
    """Why the bias of a facet cannot be measured; None if there are rows of either kind."""
    if rows.facet.any() and not rows.facet.all():
        return None
    return (
        f"column {facet.column}: {int(rows.facet.sum())} of {len(rows.facet)} rows are "
        f"{facet.value!r}, so bias cannot be measured: at least one row of either kind is "
        "needed; check the data that the job reads"
    )


def _explained(
    rows: pa.Table,
    model: M,
    predict: Callable[[pa.Table, M], Numbers],
    explain: Callable[[pa.Table, M], Explanation] | None,
) -> Explanation:
    rng = np.random.default_rng(0)
    if explain:
        return explain(_sample(rows, TREE_ROWS, rng), model)
    explained, background = (_sample(rows, most, rng) for most in (KERNEL_ROWS, BACKGROUND_ROWS))
    return kernel_shap(lambda mixed: predict(mixed, model), explained, background)


def _sample(rows: pa.Table, most: int, rng: np.random.Generator) -> pa.Table:
    chosen = rng.permutation(rows.num_rows)[:most]
    return rows.take(np.sort(chosen))
