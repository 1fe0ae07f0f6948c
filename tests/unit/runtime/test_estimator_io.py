"""Estimators are loaded as they were saved; an untrusted pickle runs no code."""

import os
import pickle

import joblib
import numpy as np
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import (
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    RandomForestRegressor,
)
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler, TargetEncoder

from pipeline_code.runtime.estimator_io import load_estimator, save_estimator
from pipeline_code.runtime.job_errors import DataError

PROTOCOL = 4
RNG = np.random.default_rng(0)
FEATURES = np.column_stack([RNG.integers(0, 9, 200), RNG.normal(size=(200, 3))])
TARGET = (FEATURES[:, 0] + FEATURES[:, 1] > 4).astype(int)


class Calls:
    """An object whose pickle calls a function with arguments when it is loaded."""

    def __init__(self, function, *arguments):
        self.made = function, arguments

    def __reduce__(self):
        return self.made


def named(module, name, *arguments):
    """Return a pickle that calls the function of this name, which need not exist."""
    given = pickle.dumps(arguments, protocol=PROTOCOL)[2:-1]
    return b"\x80\x04c" + f"{module}\n{name}\n".encode() + given + b"R."


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.pickle"


@pytest.mark.parametrize(
    "estimator",
    [
        make_pipeline(
            ColumnTransformer(
                [("venue", TargetEncoder(target_type="continuous", cv=KFold(5)), [0])],
                remainder="passthrough",
            ),
            HistGradientBoostingRegressor(max_iter=5, early_stopping=False),
        ),
        HistGradientBoostingClassifier(max_iter=3),
        HistGradientBoostingRegressor(max_iter=3, loss="poisson"),
        RandomForestRegressor(2),
        GradientBoostingClassifier(n_estimators=2),
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(ColumnTransformer([("kind", OneHotEncoder(), [0])]), Ridge()),
    ],
    ids=lambda estimator: str(estimator)[:60],
)
def test_fitted_estimators_come_back_as_they_were(estimator, path):
    estimator.fit(FEATURES, TARGET)
    save_estimator(estimator, path)
    assert np.array_equal(load_estimator(path).predict(FEATURES), estimator.predict(FEATURES))


@pytest.mark.parametrize(
    "content",
    [
        pickle.dumps(Calls(os.system, "touch ran"), protocol=PROTOCOL),
        pickle.dumps(Calls(eval, "open('ran', 'w')"), protocol=PROTOCOL),
        pickle.dumps(Calls(getattr, "", "format"), protocol=PROTOCOL),
        named("builtins", "__import__", "os"),
        named("posix", "system", "touch ran"),
        named("numpy", "load", "ran"),
        named("numpy", "fromfile", "ran"),
        named("numpy.f2py.crackfortran", "myeval", "open('ran', 'w')"),
        named("numpy.testing._private.utils", "runstring", "open('ran', 'w')", {}),
        named("joblib.numpy_pickle", "load", "ran"),
        named("sklearn.utils._testing", "_delete_folder", "."),
        named("sklearn.datasets", "load_files", "."),
        # A path of names through a module that scikit-learn has imported.
        b"\x80\x04\x8c\x0csklearn.base\x8c\x0bos.getcwd()\x93.",
        b"\x80\x04\x8c\x0csklearn.base\x8c\x14BaseEstimator.__init__\x93.",
        named("sklearn.base", "clone", 1),
        # An extension code, which can represent a global.
        b"\x80\x04\x82\x01.",
    ],
    ids=lambda content: repr(content[2:50]),
)
def test_an_untrusted_pickle_runs_no_code(content, path, monkeypatch):
    monkeypatch.chdir(path.parent)
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"model\.pickle holds no scikit-learn estimator"):
        load_estimator(path)
    assert [found.name for found in path.parent.iterdir()] == [path.name]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a pickle",
        pickle.dumps(Ridge().fit(FEATURES, TARGET), protocol=PROTOCOL)[:-40],
        # A length of 2^60 bytes, which do not follow.
        b"\x80\x04\x8e" + (2**60).to_bytes(8, "little") + b"x.",
        named("numpy", "ndarray", (2**50,)),
        b"\x80\x04" + b"(" * 100_000 + b"." ,
        b"\x80\x04" + b"]" * 50_000 + b"a" * 49_999 + b".",
    ],
    ids=["empty", "text", "cut", "long", "large", "marks", "nested"],
)  # fmt: skip
def test_what_is_broken_or_too_large_is_refused(content, path):
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"model\.pickle holds"):
        load_estimator(path)


def test_what_is_no_estimator_is_refused(path):
    path.write_bytes(pickle.dumps({"predict": 1}))
    with pytest.raises(DataError, match="holds a dict, must be a scikit-learn estimator"):
        load_estimator(path)


def test_what_could_not_be_read_again_is_not_written(path):
    with pytest.raises(DataError, match=r"posix\.getcwd is not a name"):
        save_estimator(FunctionTransformer(os.getcwd), path)
    assert not path.exists()


def test_a_file_of_joblib_is_refused(path):
    joblib.dump(Ridge().fit(FEATURES, TARGET), path)
    with pytest.raises(DataError, match=r"joblib\.numpy_pickle\.NumpyArrayWrapper"):
        load_estimator(path)
