"""What a monitoring pipeline declares of the models that it monitors, in its monitored.py."""

import importlib
import os
from dataclasses import dataclass

from pipeline_code.runtime.bias_report import BiasConfig
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.schema import Schema

PACKAGE_VARIABLE = "MONITOR_PACKAGE"


@dataclass(frozen=True)
class Monitored:
    """The data set of the models.

    `inputs` are the columns of a request, if they are not all columns but the target. `batch` are
    the columns of a line that a batch pipeline wrote; a line may lack the last one. The values of
    `batch_key`, joined by -, are the ID of its label, and `batch_prediction` is the column with its
    prediction: a number, or the probability of the positive class. `bias` says whose disadvantage
    is measured where labels arrive. Raises SettingError if these columns are no columns of `batch`.
    """

    dataset: Dataset
    inputs: Schema | None = None
    batch: tuple[str, ...] = ()
    batch_key: tuple[str, ...] = ()
    batch_prediction: str = ""
    bias: BiasConfig | None = None

    def __post_init__(self) -> None:
        named = {*self.batch_key, *filter(None, [self.batch_prediction])}
        if bool(self.batch_key) != bool(self.batch_prediction) or not named <= {*self.batch}:
            raise SettingError(
                f"batch_key is {self.batch_key} and batch_prediction {self.batch_prediction!r}: "
                f"set both or none, to columns of batch ({', '.join(self.batch)})"
            )
        if self.batch_key and (self.dataset.classes or self.dataset.has_several_targets):
            raise SettingError(
                "batch_key is set, but several classes or targets have no single prediction: the "
                "quality of their batches is not measured; remove batch_key and batch_prediction"
            )

    @property
    def requests(self) -> Schema:
        """The columns of a request."""
        return self.inputs or self.dataset.inputs


def monitored_from_environment() -> Monitored:
    """Return MONITORED of the module `monitored` of the pipeline that runs this job.

    Raises SettingError if the pipeline does not declare it.
    """
    package = os.environ.get(PACKAGE_VARIABLE, "")
    name = f"{package}.monitored"
    try:
        found = importlib.import_module(name).MONITORED
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        found = None
    if not isinstance(found, Monitored):
        raise SettingError(
            f"{name} declares no MONITORED: add monitored.py with MONITORED = Monitored(DATASET) "
            "to the folder of the monitoring pipeline"
        )
    return found
