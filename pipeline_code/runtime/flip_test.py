"""The flip test (FT) of SageMaker Clarify: do similar rows of the other group get the same answer?

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/clarify-post-training-bias-metric-ft.html

Imports are relative: the laptop's replacement of Clarify's image links to this file.
"""

import numpy as np
import numpy.typing as npt

from .bias_metrics import Flags, Numbers

NEIGHBOURS = 5
# With so few rows of facet a, the nearest row decides alone.
FEW_ROWS = 9
# The time grows with the square of the rows, so larger groups are sampled.
MOST_ROWS = 2_000
_CHUNK = 256


def flip_test(features: Numbers, facet: Flags, predicted: Flags, *, seed: int = 0) -> float:
    """FT: (F+ - F-) / n_d, from -1 to 1.

    F+ counts the rows of facet d with the positive prediction although the majority of their five
    nearest rows of facet a have the negative one; F- counts the opposite. So facet d is
    disadvantaged if FT is negative: this is the sign of AWS' library and of its reports, while the
    page describes F+ and F- the other way round. `features`, of shape (rows, features), do not
    contain the facet. Of rows at the same distance, the first is nearer. A facet with more than
    2,000 rows is represented by a random sample. Raises ValueError if a facet has no rows.
    """
    rng = np.random.default_rng(seed)
    a, d = (_sample(np.flatnonzero(rows), rng) for rows in (~facet, facet))
    if not (len(a) and len(d)):
        raise ValueError("all rows or no rows belong to the facet")
    count = NEIGHBOURS if len(a) > FEW_ROWS else 1
    votes = [
        _nearest(features[chunk], features[a], count) @ predicted[a].astype(int)
        for chunk in np.split(d, range(_CHUNK, len(d), _CHUNK))
    ]
    return float(np.mean(predicted[d] - 1.0 * (np.concatenate(votes) > count / 2)))


def _sample(rows: npt.NDArray[np.intp], rng: np.random.Generator) -> npt.NDArray[np.intp]:
    if len(rows) <= MOST_ROWS:
        return rows
    return np.sort(rng.choice(rows, MOST_ROWS, replace=False))


def _nearest(points: Numbers, others: Numbers, count: int) -> Flags:
    """Which `others` are the `count` nearest of each point, of shape (points, others)."""
    # Without the square of the point itself, which does not change the order.
    distances = (others**2).sum(axis=1) - 2 * points @ others.T
    last = np.partition(distances, count - 1)[:, [count - 1]]
    nearer, equal = distances < last, distances == last
    missing = count - nearer.sum(axis=1, keepdims=True)
    chosen: Flags = nearer | (equal & (np.cumsum(equal, axis=1) <= missing))
    return chosen
