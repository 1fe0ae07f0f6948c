"""The contract of the data: checked before a model is trained on them."""

from pipeline_code.boosted.features import DATASET
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_check import check_data
from pipeline_code.runtime.data_contract import Contract

CONTRACT = Contract(
    dataset=DATASET,
    least_rows=500,
    ranges={"size": (0, 1_000)},
    target_mean=(10.0, 50.0),
    # Two rows may have the same values.
    repeated=0.05,
)


def run(container: Container) -> None:
    """Write profile.json and contract.json to the output `contract`."""
    check_data(container, CONTRACT)
