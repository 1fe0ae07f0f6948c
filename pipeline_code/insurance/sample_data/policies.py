"""Generates the columns about policies, and the customers with a policy for a mobile home."""

import numpy as np

from pipeline_code.insurance.dictionary import PRODUCTS
from pipeline_code.insurance.sample_data.people import Codes, Numbers, Random

# Product -> the share of customers with a policy, and the lowest and the highest usual class (L4)
# of the contribution.
SOLD: dict[str, tuple[float, int, int]] = {
    "private_third_party": (0.40, 1, 2),
    "firm_third_party": (0.014, 1, 4),
    "farm_third_party": (0.021, 2, 4),
    "car": (0.51, 5, 6),
    "delivery_van": (0.008, 5, 7),
    "motorcycle": (0.038, 3, 6),
    "lorry": (0.002, 4, 9),
    "trailer": (0.011, 1, 3),
    "tractor": (0.025, 3, 6),
    "farm_machine": (0.004, 2, 6),
    "moped": (0.068, 2, 5),
    "life": (0.05, 3, 6),
    "private_accident": (0.005, 1, 4),
    "family_accident": (0.007, 2, 3),
    "disability": (0.004, 4, 7),
    "fire": (0.54, 1, 4),
    "surfboard": (0.001, 1, 3),
    "boat": (0.006, 1, 5),
    "bicycle": (0.025, 1, 1),
    "property": (0.008, 1, 4),
    "social_security": (0.014, 2, 5),
}
NAMES = [name for _, name, _ in PRODUCTS]
# The share of customers with several policies of a product, among those with a policy of it.
SEVERAL = 1 / 12
MOST = 4


def policies(rng: Random, wealth: Numbers) -> tuple[Codes, Codes]:
    """Draw contributions and numbers of the 21 products, each of shape (rows, 21)."""
    rows = len(wealth)
    shares, least, most = np.array([SOLD[name] for name in NAMES]).T
    chance = shares * np.exp(0.3 * np.clip(wealth, -1, 1))[:, None]
    has = rng.random((rows, len(NAMES))) < chance
    several = rng.random(has.shape) < SEVERAL
    numbers = np.where(several, rng.integers(2, MOST + 1, has.shape), 1)
    contributions = rng.integers(least, most + 1, has.shape)
    return contributions * has, numbers * has


def mobile_homes(rng: Random, wealth: Numbers, contributions: Codes, *, buyers: int) -> Codes:
    """Return 1 for the `buyers` customers who are most likely to have such a policy, 0 for others.

    Wealth, and the contributions for car, fire, boat and third-party policies, increase the
    likelihood; the other part is random.
    """
    paid = {name: contributions[:, index] for index, name in enumerate(NAMES)}
    inclination = (
        1.0 * (paid["car"] >= 6)
        + 0.6 * (paid["fire"] >= 3)
        + 1.5 * (paid["boat"] > 0)
        + 0.5 * (paid["private_third_party"] >= 2)
        + 0.9 * wealth
        + rng.gumbel(size=len(wealth))
    )
    chosen = np.zeros(len(wealth), dtype=np.int64)
    chosen[np.argsort(inclination)[-buyers:]] = 1
    return chosen
