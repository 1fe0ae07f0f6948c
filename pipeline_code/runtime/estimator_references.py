"""Scorers and universal functions in the file of an estimator: texts such as `numpy:log1p`.

A scorer calls a method of an estimator by a name, which a file must not choose. Pickle writes a
universal function as a member of any module that imported it.
"""

from typing import Any

import numpy as np

UNIVERSAL = ("numpy", "scipy.special")
SCORERS = "sklearn.metrics"


def reference_of(found: Any) -> str | None:
    """Return the text for a universal function or a scorer of scikit-learn, or None."""
    if isinstance(found, np.ufunc):
        name = found.__name__
        modules = (each for each in UNIVERSAL if _universal(each, name) is found)
        return next((f"{module}:{name}" for module in modules), None)
    scorers = (f"{SCORERS}:{name}" for name, each in _scorers(found) if vars(each) == vars(found))
    return next(scorers, None)


def referred(reference: str) -> Any | None:
    """Return what a text of `reference_of` represents, or None for any other text."""
    from sklearn.metrics import get_scorer, get_scorer_names

    module, _, name = reference.partition(":")
    if module == SCORERS and name in get_scorer_names():
        return get_scorer(name)
    return _universal(module, name) if module in UNIVERSAL else None


def _universal(module: str, name: str) -> np.ufunc | None:
    import scipy.special

    found = getattr({"numpy": np, "scipy.special": scipy.special}[module], name, None)
    return found if isinstance(found, np.ufunc) else None


def _scorers(found: Any) -> list[tuple[str, Any]]:
    """The scorers of the type of `found`, with their names."""
    from sklearn.metrics import get_scorer, get_scorer_names
    from sklearn.metrics._scorer import _Scorer

    if type(found) is not _Scorer:
        return []
    return [(name, get_scorer(name)) for name in get_scorer_names()]
