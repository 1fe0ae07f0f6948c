"""Rows against a data contract, in the way of the steps that profile and check them."""

from __future__ import annotations

import io
from datetime import date

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline_code.runtime.data_contract import Contract, Data, report_on
from pipeline_code.runtime.data_profile import Profile, profile_of
from pipeline_code.runtime.data_rules import RULES
from pipeline_code.runtime.job_errors import DataError
from pipeline_code.runtime.parquet_data import read_parquet

TODAY = date(2026, 1, 1)


def profiled(rows: pd.DataFrame, contract: Contract) -> Profile:
    """Return the profile of rows, read from a Parquet file; raises DataError like the step."""
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(rows, preserve_index=False), file)
    table = read_parquet(file.getvalue(), contract.dataset.schema, source="rows")
    return profile_of(table, contract.dataset, key=contract.key)


def failed_rules(
    current: Profile, contract: Contract, approved: Profile | None = None, *, today: date = TODAY
) -> set[str]:
    """Return the names of the rules that the data of a profile do not meet."""
    report = report_on(Data(contract, current, approved, today), RULES)
    return {each["rule"] for each in report["failed"]}


def rejections(rows: pd.DataFrame, contract: Contract, approved: Profile | None) -> set[str]:
    """Return why rows do not get to the training: rules, or "DataError" of the preprocessing."""
    try:
        return failed_rules(profiled(rows, contract), contract, approved)
    except DataError:
        return {"DataError"}
