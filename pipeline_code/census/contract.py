"""The contract of the data: checked before a model is trained on them."""

from pipeline_code.census.features import DATASET
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_check import check_data
from pipeline_code.runtime.data_contract import Contract

CONTRACT = Contract(
    dataset=DATASET,
    ranges={
        "age": (16, 110),
        "fnlwgt": (1, 10_000_000),
        "education.num": (1, 16),
        "capital.gain": (0, 99_999),
        "capital.loss": (0, 10_000),
        "hours.per.week": (1, 99),
    },
    target_mean=(0.1, 0.5),
    # Two persons may have the same values: the published file repeats 24 rows.
    repeated=0.01,
    # The population changes slowly.
    shift=0.05,
)


def run(container: Container) -> None:
    """Write profile.json and contract.json to the output `contract`."""
    check_data(container, CONTRACT)
