"""The training step of a pipeline whose rows have an encoding, and the model that it saves."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from types import ModuleType
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.runtime.classification import require_both_classes
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.encoding import Encoding, FittedEncoding
from pipeline_code.runtime.estimator_model import EstimatorModel, load_model
from pipeline_code.runtime.hyperparameters import parse_hyperparameters
from pipeline_code.runtime.regressor_training import save_trained, training_rows

T = TypeVar("T")
Numbers = npt.NDArray[np.float64]
# The member of the model's facts with the fitted encoding.
ENCODING = "encoding"


def train_encoded(
    container: Container,
    encoding: Encoding,
    *,
    hyperparameters: type[T],
    estimator: Callable[[T], Any],
    inference: ModuleType,
) -> None:
    """Fit on the channel `train` and write the model; only the first host fits a model.

    `estimator` returns an estimator for an instance of the dataclass `hyperparameters`. It is a
    classifier if the data set has `positive`. Raises SettingError and DataError, also if all
    training rows have one class.
    """
    if not container.fits_model():
        return
    dataset = encoding.dataset
    settings = parse_hyperparameters(hyperparameters, container.hyperparameters)
    rows = training_rows(container, dataset)
    target = dataset.labels(rows)
    if dataset.positive is not None:
        require_both_classes(target, what="the training side", positive=str(dataset.positive))
    fitted = encoding.fit(rows)
    matrix = fitted.matrix(rows)
    trained = estimator(settings).fit(matrix, target)
    facts = {
        "columns": [name for name in rows.column_names if name != dataset.target],
        "rows": rows.num_rows,
        "target_mean": float(target.mean()),
        "hyperparameters": asdict(settings),  # type: ignore[call-overload]
        "classifier": dataset.positive is not None,
        ENCODING: fitted.document(),
    }
    save_trained(container, dataset, rows, EstimatorModel(trained, facts), inference)
    print(f"train:rows={rows.num_rows}; train:score={trained.score(matrix, target):.4f};")


def load_encoded(folder: Path) -> EstimatorModel:
    """Read the model from an unpacked model.tar.gz; raises DataError like `load_model`."""
    return load_model(folder, ENCODING, "classifier")


def predict_encoded(rows: pa.Table, model: EstimatorModel) -> Numbers:
    """The prediction for each row: the target, or the probability of the positive class."""
    encode = FittedEncoding.from_document(model.facts[ENCODING]).matrix
    if not model.facts["classifier"]:
        return model.predict(rows, encode)
    return model.probability(rows, encode)
