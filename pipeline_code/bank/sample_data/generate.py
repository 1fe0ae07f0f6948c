"""Generates calls with the published columns, codes and shares, and with a signal."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

Texts = npt.NDArray[np.str_]
Numbers = npt.NDArray[np.float64]
Columns = dict[str, Texts | Numbers]

CALLS = 41_188
# The published columns in their order. Numbers are written without quotes.
COLUMNS = (
    *("age", "job", "marital", "education", "default", "housing", "loan", "contact", "month"),
    *("day_of_week", "duration", "campaign", "pdays", "previous", "poutcome", "emp.var.rate"),
    *("cons.price.idx", "cons.conf.idx", "euribor3m", "nr.employed", "y"),
)
# Column -> value -> its share in per mille, and its summand in the log-odds of subscribing.
_Choices = Mapping[str, tuple[float, float]]
_CLIENT: Mapping[str, _Choices] = {
    "marital": {
        "married": (605, -0.1),
        "single": (281, 0.3),
        "divorced": (112, 0.0),
        "unknown": (2, 0.0),
    },
    "education": {
        "university.degree": (295, 0.2),
        "high.school": (231, 0.0),
        "basic.9y": (147, -0.2),
        "professional.course": (127, 0.0),
        "basic.4y": (101, 0.0),
        "basic.6y": (56, -0.2),
        "unknown": (42, 0.1),
        "illiterate": (1, 0.0),
    },
    "default": {"no": (791, 0.1), "unknown": (208, -0.7), "yes": (1, -0.5)},
    "housing": {"yes": (524, 0.0), "no": (452, 0.0), "unknown": (24, 0.0)},
    "loan": {"no": (824, 0.0), "yes": (152, 0.0), "unknown": (24, 0.0)},
    "day_of_week": {
        "thu": (209, 0.1),
        "mon": (207, -0.2),
        "wed": (197, 0.1),
        "tue": (197, 0.0),
        "fri": (190, 0.0),
    },
}
_JOBS: _Choices = {
    "admin.": (253, 0.1),
    "blue-collar": (225, -0.5),
    "technician": (164, 0.0),
    "services": (96, -0.2),
    "management": (71, 0.0),
    "retired": (42, 1.0),
    "entrepreneur": (35, -0.2),
    "self-employed": (34, -0.1),
    "housemaid": (26, 0.0),
    "unemployed": (25, 0.2),
    "student": (21, 1.3),
    "unknown": (8, 0.0),
}
_POUTCOMES: _Choices = {"nonexistent": (863, 0.0), "failure": (103, 0.4), "success": (34, 2.8)}
# Month -> share and summand, as above. The month determines the state of the economy.
_MONTHS: _Choices = {
    "may": (334, -0.9),
    "jul": (174, -0.3),
    "aug": (150, -0.1),
    "jun": (129, -0.1),
    "nov": (100, -0.2),
    "apr": (64, 1.0),
    "oct": (17, 2.2),
    "sep": (14, 2.2),
    "mar": (13, 2.4),
    "dec": (5, 2.2),
}
# emp.var.rate, cons.price.idx, cons.conf.idx, euribor3m, nr.employed, and the log-odds summand.
_ECONOMY = (
    (1.4, 94.465, -41.8, 4.961, 5228.1, -0.5),
    (1.1, 93.994, -36.4, 4.857, 5191.0, -0.3),
    (-0.1, 93.2, -42.0, 4.153, 5195.8, -0.1),
    (-1.8, 92.893, -46.2, 1.313, 5099.1, 0.3),
    (-2.9, 92.201, -31.4, 0.869, 5076.2, 1.0),
    (-3.4, 92.431, -26.9, 0.74, 5017.5, 1.2),
)
_ECONOMY_SHARES = (0.39, 0.19, 0.09, 0.21, 0.08, 0.04)
_BASE = -2.5
_NEVER = 999


def generate(*, seed: int) -> Columns:
    """Return the columns of all calls; the same seed returns the same calls."""
    rng = np.random.default_rng(seed)
    calls: Columns = {}
    odds = np.full(CALLS, _BASE)
    for name, choices in {**_CLIENT, "job": _JOBS, "month": _MONTHS}.items():
        calls[name], added = _drawn(rng, choices)
        odds += added
    odds += _contact(rng, calls) + _before(rng, calls) + _economy(rng, calls)
    young = rng.gamma(9.0, 2.4, CALLS) + 18
    calls["age"] = age = np.clip(young + 22 * (calls["job"] == "retired"), 17, 98).round()
    calls["campaign"] = campaign = np.minimum(rng.geometric(0.39, CALLS), 56).astype(np.float64)
    odds += 0.00025 * (age - 42) ** 2 - 0.08 * campaign
    subscribed = rng.random(CALLS) < 1 / (1 + np.exp(-odds))
    calls["y"] = np.where(subscribed, "yes", "no")
    # Calls with a success take longer, so the duration must not be a feature.
    calls["duration"] = rng.gamma(1.3, np.where(subscribed, 420, 170)).round()
    return {name: calls[name] for name in COLUMNS}


def _drawn(rng: np.random.Generator, choices: _Choices) -> tuple[Texts, Numbers]:
    """Draw one value for each call; return the values and their summands in the log-odds."""
    shares, added = np.array(list(choices.values())).T
    drawn = rng.choice(len(choices), CALLS, p=shares / shares.sum())
    return np.array(list(choices))[drawn], added[drawn]


def _contact(rng: np.random.Generator, calls: Columns) -> Numbers:
    """Draw the kind of contact: more often telephone in early summer."""
    share = np.where(np.isin(calls["month"], ["may", "jun"]), 0.6, 0.15)
    telephone = rng.random(CALLS) < share
    calls["contact"] = np.where(telephone, "telephone", "cellular")
    return np.where(telephone, -0.7, 0.3)


def _before(rng: np.random.Generator, calls: Columns) -> Numbers:
    """Draw the columns about the previous campaign: outcome, calls, days since the last call."""
    calls["poutcome"], added = _drawn(rng, _POUTCOMES)
    known = calls["poutcome"] != "nonexistent"
    calls["previous"] = np.where(known, np.minimum(rng.geometric(0.75, CALLS), 7), 0.0)
    recent = (calls["poutcome"] == "success") | (known & (rng.random(CALLS) < 0.03))
    calls["pdays"] = np.where(recent, np.minimum(rng.poisson(6, CALLS), 27), float(_NEVER))
    return added


def _economy(rng: np.random.Generator, calls: Columns) -> Numbers:
    drawn = np.array(_ECONOMY)[rng.choice(len(_ECONOMY), CALLS, p=_ECONOMY_SHARES)]
    for number, name in enumerate(COLUMNS[15:20]):
        calls[name] = drawn[:, number]
    added: Numbers = drawn[:, 5]
    return added
