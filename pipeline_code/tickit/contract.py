"""The contract of the data: checked before a model is trained on them."""

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_check import check_data
from pipeline_code.runtime.data_contract import Contract
from pipeline_code.tickit.features import DATASET, KEY

CONTRACT = Contract(
    dataset=DATASET,
    key=KEY,
    ranges={
        "total_sold": (1, 10_000),
        "venueid": (1, 32_767),
        "catid": (1, 100),
        "events": (1, 100),
    },
    target_mean=(15.0, 100.0),
    least_days=90,
)


def run(container: Container) -> None:
    """Write profile.json and contract.json to the output `contract`."""
    check_data(container, CONTRACT)
