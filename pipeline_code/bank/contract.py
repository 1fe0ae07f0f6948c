"""The contract of the data: checked before a model is trained on them."""

from pipeline_code.bank.features import DATASET
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_check import check_data
from pipeline_code.runtime.data_contract import Contract

CONTRACT = Contract(
    dataset=DATASET,
    ranges={
        "age": (16, 110),
        "duration": (0, 10_000),
        "campaign": (1, 100),
        "pdays": (0, 999),
        "previous": (0, 50),
        "emp_var_rate": (-10, 10),
        "cons_price_idx": (80, 120),
        "cons_conf_idx": (-100, 0),
        "euribor3m": (-1, 10),
        "nr_employed": (1_000, 10_000),
    },
    target_mean=(0.03, 0.3),
    # Two clients may have the same values: the published file repeats 12 rows.
    repeated=0.01,
)


def run(container: Container) -> None:
    """Write profile.json and contract.json to the output `contract`."""
    check_data(container, CONTRACT)
