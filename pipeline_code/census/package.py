"""Adds encoder and hosting code to a model of the built-in algorithm, so that it takes raw rows."""

from pipeline_code.census.model import MODEL_FILE
from pipeline_code.census.saved_model import save_model
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.model_archive import unpacked


def run(container: Container) -> None:
    """Write the model of the channel `model`, byte for byte, with the files that serve it."""
    with unpacked(container.channel("model") / "model.tar.gz") as folder:
        if not (folder / MODEL_FILE).is_file():
            raise DataError(f"the model has no {MODEL_FILE}: train again")
        save_model(container, (folder / MODEL_FILE).read_bytes())
