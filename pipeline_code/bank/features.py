"""The columns of the query, and the features of the model."""

from typing import Literal, get_args

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.flows.fitted_flow import FittedFlow
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.schema import FLOAT, INTEGER, Column, Schema, choice
from pipeline_code.runtime.transforms.is_one_of import IsOneOf
from pipeline_code.runtime.transforms.one_hot import OneHot

TARGET = "y"
YES, NO = "yes", "no"
# The allowed codes of each column. Source: bank-additional-names.txt, published with the data.
CATEGORIES = {
    "job": (
        *("admin.", "blue-collar", "entrepreneur", "housemaid", "management", "retired"),
        *("self-employed", "services", "student", "technician", "unemployed", "unknown"),
    ),
    "marital": ("divorced", "married", "single", "unknown"),
    "education": (
        *("basic.4y", "basic.6y", "basic.9y", "high.school", "illiterate"),
        *("professional.course", "university.degree", "unknown"),
    ),
    "credit_default": (NO, YES, "unknown"),
    "housing": (NO, YES, "unknown"),
    "loan": (NO, YES, "unknown"),
    "contact": ("cellular", "telephone"),
    "month": (
        *("jan", "feb", "mar", "apr", "may", "jun"),
        *("jul", "aug", "sep", "oct", "nov", "dec"),
    ),
    "day_of_week": ("mon", "tue", "wed", "thu", "fri"),
    "poutcome": ("failure", "nonexistent", "success"),
}
# The state of the economy at the time of the call.
MACRO = ("emp_var_rate", "cons_price_idx", "cons_conf_idx", "euribor3m", "nr_employed")
_NAMES = (
    *("age", "job", "marital", "education", "credit_default", "housing", "loan", "contact"),
    *("month", "day_of_week", "duration", "campaign", "pdays", "previous", "poutcome"),
    *(*MACRO, TARGET),
)


def _column(name: str) -> Column:
    if name == TARGET:
        return Column(name, choice(NO, YES))
    if name in CATEGORIES:
        return Column(name, choice(*CATEGORIES[name]))
    return Column(name, FLOAT if name in MACRO else INTEGER)


DATASET = Dataset(Schema(tuple(_column(name) for name in _NAMES)), TARGET, positive=YES)

# The columns that the model uses: client and campaign, or client, campaign and economy.
# Never `duration`: the duration of a call is known only when its outcome is known.
Columns = Literal["campaign", "macro"]
NUMBERS = ("age", "campaign", "pdays", "previous")
NEVER_CONTACTED = 999  # in pdays
NOT_WORKING = ("student", "retired", "unemployed")


def columns_named(given: str, *, where: str) -> Columns:
    """Return `given` as a choice of columns; raises SettingError, which names `where`."""
    choices: tuple[Columns, ...] = get_args(Columns)
    for columns in choices:
        if columns == given:
            return columns
    raise SettingError(f"{where} is {given!r}: allowed are {', '.join(get_args(Columns))}")


def raw_columns(columns: Columns) -> list[str]:
    """The names of the raw columns that the features are computed from."""
    return [*NUMBERS[:1], *CATEGORIES, *NUMBERS[1:], *(MACRO if columns == "macro" else ())]


def flow_of(columns: Columns) -> FittedFlow:
    """The flow of raw rows. It needs no fit, so it does not depend on the rows.

    The features are the numbers, a flag for "never contacted before", a flag for "does not work",
    and a flag for each declared value of each category.
    """
    transforms = [
        IsOneOf(["pdays"], [NEVER_CONTACTED], "no_previous_contact"),
        IsOneOf(["job"], NOT_WORKING, "not_working"),
        OneHot(list(CATEGORIES), categories=CATEGORIES),
    ]
    return Flow(DATASET.schema.select(raw_columns(columns)), transforms).without_fit()
