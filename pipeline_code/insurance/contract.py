"""The contract of the data: checked before a model is trained on them."""

from pipeline_code.insurance.dictionary import COLUMNS, FIRST_CONTRIBUTION
from pipeline_code.insurance.features import DATASET
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_check import check_data
from pipeline_code.runtime.data_contract import Contract

CONTRACT = Contract(
    dataset=DATASET,
    target_mean=(0.03, 0.12),
    # Some products have so few policies that a set may have none.
    constant=frozenset(column.name for column in COLUMNS[FIRST_CONTRIBUTION:-1]),
    # The codes are coarse: 19 % of the published rows equal another row.
    repeated=0.3,
)


def run(container: Container) -> None:
    """Write profile.json and contract.json to the output `contract`."""
    check_data(container, CONTRACT)
