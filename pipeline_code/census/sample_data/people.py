"""Generates people: the published columns and codes, similar shares, and a signal."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from pipeline_code.census.features import EDUCATION, HIGH, LOW, SCHEMA, TARGET, UNKNOWN
from pipeline_code.census.sample_data.shares import (
    COUNTRY,
    EDUCATION_SHARES,
    OCCUPATION,
    RACE,
    SINGLE,
    WORKCLASS,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Texts = npt.NDArray[np.str_]

MARRIED = "Married-civ-spouse"
# The occupations that are more frequent with a higher education.
BETTER = ("Exec-managerial", "Prof-specialty", "Tech-support", "Protective-serv", "Sales")
# Occupation -> its summand in the log-odds of a high income.
PAID = {"Exec-managerial": 0.9, "Prof-specialty": 0.6, "Tech-support": 0.5, "Sales": 0.3} | {
    "Protective-serv": 0.4,
    "Handlers-cleaners": -0.8,
    "Other-service": -1.0,
    "Farming-fishing": -1.1,
    "Priv-house-serv": -1.5,
    UNKNOWN: -0.5,
}


def people(count: int, *, seed: int) -> pa.Table:
    """Generate `count` rows of adult.csv; the same seed returns the same rows."""
    rng = np.random.default_rng(seed)
    columns: dict[str, npt.NDArray[np.generic]] = {"age": _ages(rng, count)}
    columns["sex"] = np.where(rng.uniform(size=count) < 0.67, "Male", "Female")
    columns |= _homes(rng, columns["age"], columns["sex"])
    columns |= _educations(rng, columns["age"])
    columns |= _jobs(rng, columns["education.num"])
    columns["race"] = _drawn(rng, RACE, count)
    columns["native.country"] = _drawn(rng, COUNTRY, count)
    columns["fnlwgt"] = np.clip(rng.lognormal(12.0, 0.55, count), 12_285, 1_484_705).astype(int)
    chance = _chance(columns)
    columns |= _capital(rng, chance)
    high = rng.uniform(size=count) < _with_capital(chance, columns)
    columns[TARGET] = np.where(high, HIGH, LOW)
    return pa.table({name: pa.array(columns[name]) for name in SCHEMA.names})


def _drawn(rng: np.random.Generator, shares: Mapping[str, float], count: int) -> Texts:
    """Draw values by their shares. The sum of the shares can differ from 1."""
    weights = np.array(list(shares.values()))
    return np.array(list(shares))[rng.choice(len(weights), count, p=weights / weights.sum())]


def _ages(rng: np.random.Generator, count: int) -> Integers:
    return np.clip(17 + rng.gamma(2.3, 9.4, count), 17, 90).astype(np.int64)


def _homes(
    rng: np.random.Generator, age: npt.NDArray[np.generic], sex: npt.NDArray[np.generic]
) -> dict[str, Texts]:
    """Draw marital.status and relationship, which depend on age and sex."""
    count, years = len(age), age.astype(np.float64)
    male = sex == "Male"
    ever = 1 / (1 + np.exp(-(years - 27) / 5))
    married = rng.uniform(size=count) < ever * np.where(male, 0.82, 0.22)
    never = ~married & (rng.uniform(size=count) > ever * 0.5)
    status = np.where(never, "Never-married", _drawn(rng, SINGLE, count))
    widowed = ~married & ~never & (rng.uniform(size=count) < np.clip((years - 45) / 60, 0, 1))
    status = np.where(married, MARRIED, np.where(widowed, "Widowed", status))
    alone = _drawn(rng, {"Not-in-family": 0.55, "Unmarried": 0.36, "Other-relative": 0.09}, count)
    child = never & (rng.uniform(size=count) < np.clip((38 - years) / 25, 0.05, 0.9))
    single = np.where(child, "Own-child", alone)
    spouse = np.where(male, "Husband", "Wife")
    return {"marital.status": status, "relationship": np.where(married, spouse, single)}


def _educations(
    rng: np.random.Generator, age: npt.NDArray[np.generic]
) -> dict[str, npt.NDArray[np.generic]]:
    rank = rng.choice(len(EDUCATION), len(age), p=EDUCATION_SHARES / EDUCATION_SHARES.sum())
    # Young people have no degree before the usual age for it.
    rank = np.where(
        age.astype(np.int64) < 22, np.minimum(rank, EDUCATION.index("Some-college")), rank
    )
    return {"education": np.array(EDUCATION)[rank], "education.num": rank + 1}


def _jobs(
    rng: np.random.Generator, education: npt.NDArray[np.generic]
) -> dict[str, npt.NDArray[np.generic]]:
    """Draw workclass, occupation and hours.per.week."""
    count, level = len(education), education.astype(np.float64)
    occupation = _drawn(rng, OCCUPATION, count)
    promoted = rng.uniform(size=count) < np.clip((level - 9) / 8, 0, 0.8)
    better = _drawn(rng, {name: OCCUPATION[name] for name in BETTER}, count)
    occupation = np.where(promoted & (occupation != UNKNOWN), better, occupation)
    # In the published file, too, the two columns are unknown in the same rows.
    workclass = np.where(occupation == UNKNOWN, UNKNOWN, _drawn(rng, WORKCLASS, count))
    usual = rng.uniform(size=count) < 0.47
    hours = np.where(usual, 40, rng.normal(41 + (level - 10) * 0.6, 14, count))
    return {
        "workclass": workclass,
        "occupation": occupation,
        "hours.per.week": np.clip(hours, 1, 99).astype(np.int64),
    }


def _chance(columns: Mapping[str, npt.NDArray[np.generic]]) -> Floats:
    """Return the log-odds of a high income, without the columns about capital."""
    age = columns["age"].astype(np.float64)
    paid = np.array([PAID.get(str(name), 0.0) for name in columns["occupation"]])
    return np.asarray(
        -4.0
        + 0.38 * (columns["education.num"].astype(np.float64) - 10)
        + 2.7 * (columns["marital.status"] == MARRIED)
        + 0.035 * (columns["hours.per.week"].astype(np.float64) - 40)
        + 1.6 * np.exp(-(((age - 48) / 16) ** 2))
        + paid
    )


def _capital(rng: np.random.Generator, chance: Floats) -> dict[str, Integers]:
    """Draw capital.gain and capital.loss: mostly 0, but less often with a high income."""
    count = len(chance)
    likely = 1 / (1 + np.exp(-chance))
    gains = rng.uniform(size=count) < 0.05 + 0.13 * likely
    gain = np.where(likely > 0.35, rng.lognormal(9.1, 0.6, count), rng.lognormal(8.0, 0.6, count))
    gain = np.where(gain > 41_310, 99_999, gain)
    losses = ~gains & (rng.uniform(size=count) < 0.035 + 0.06 * likely)
    loss = np.clip(rng.normal(1_870, 370, count), 155, 4_356)
    return {
        "capital.gain": np.where(gains, gain, 0).astype(np.int64),
        "capital.loss": np.where(losses, loss, 0).astype(np.int64),
    }


def _with_capital(chance: Floats, columns: Mapping[str, npt.NDArray[np.generic]]) -> Floats:
    gain = columns["capital.gain"].astype(np.int64)
    log_odds = chance + 6.0 * (gain > 7_000) + 0.8 * (columns["capital.loss"].astype(int) > 1_800)
    return np.asarray(1 / (1 + np.exp(-1.25 * log_odds)))
