"""Estimators are loaded as they were saved; an untrusted pickle runs no code."""

import os
import pickle

import joblib
import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from scipy.special import expit
from scipy.stats import loguniform
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer, make_column_selector, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import (
    AdaBoostClassifier,
    BaggingClassifier,
    ExtraTreesRegressor,
    GradientBoostingClassifier,
    HistGradientBoostingClassifier,
    HistGradientBoostingRegressor,
    IsolationForest,
    RandomForestClassifier,
    RandomForestRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
)
from sklearn.feature_selection import SelectKBest
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import RBF, WhiteKernel
from sklearn.linear_model import (
    ElasticNet,
    Lasso,
    LogisticRegression,
    Ridge,
    SGDClassifier,
    SGDRegressor,
)
from sklearn.metrics import fbeta_score, make_scorer
from sklearn.model_selection import (
    GridSearchCV,
    KFold,
    RandomizedSearchCV,
    TimeSeriesSplit,
)
from sklearn.multioutput import MultiOutputRegressor
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    OneHotEncoder,
    OrdinalEncoder,
    StandardScaler,
    TargetEncoder,
)
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier

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


def shared(name, attributes):
    """Return a pickle that sets attributes of what the opcodes `name` load."""
    return b"\x80\x04" + name + pickle.dumps((None, attributes), protocol=PROTOCOL)[2:-1] + b"b."


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
        *(SGDClassifier(loss=loss) for loss in ("hinge", "log_loss", "modified_huber")),
        *(SGDRegressor(loss=loss) for loss in ("squared_error", "huber")),
        *(KNeighborsClassifier(algorithm=name) for name in ("kd_tree", "ball_tree", "brute")),
        KNeighborsRegressor(metric="manhattan"),
        MLPClassifier(hidden_layer_sizes=(4,), max_iter=3),
        MLPRegressor(hidden_layer_sizes=(4,), max_iter=3, solver="sgd"),
        GridSearchCV(Ridge(), {"alpha": [1, 2]}, cv=2),
        GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=TimeSeriesSplit(2), scoring="roc_auc"),
        GridSearchCV(
            SGDClassifier(),
            [{"alpha": [0.1]}, {"loss": ["hinge"]}],
            cv=2,
            scoring=["accuracy", "f1_macro"],
            refit="accuracy",
        ),
        RandomizedSearchCV(Ridge(), {"alpha": [1, 2, 3]}, n_iter=2, cv=2),
        *(CalibratedClassifierCV(GaussianNB(), method=name) for name in ("sigmoid", "isotonic")),
        StackingClassifier([("tree", DecisionTreeClassifier()), ("nb", GaussianNB())], cv=2),
        StackingRegressor([("ridge", Ridge()), ("lasso", Lasso())], cv=2),
        VotingClassifier([("tree", DecisionTreeClassifier()), ("nb", GaussianNB())]),
        *(make_pipeline(FunctionTransformer(ufunc), Ridge()) for ufunc in (np.square, expit, None)),
        make_pipeline(OrdinalEncoder(dtype=int), Ridge()),
        make_pipeline(OrdinalEncoder(dtype=np.int32), Ridge()),
        HistGradientBoostingClassifier(max_iter=3, categorical_features=[0]),
        make_pipeline(SelectKBest(k=2), SVC()),
        make_pipeline(PCA(2), GaussianNB()),
        GaussianProcessRegressor(RBF() + WhiteKernel()),
        RandomForestClassifier(2, random_state=np.random.RandomState(0)),
        ExtraTreesRegressor(2),
        AdaBoostClassifier(n_estimators=2),
        BaggingClassifier(n_estimators=2),
        IsolationForest(n_estimators=2),
        KMeans(2, n_init=1),
        ElasticNet(),
        DummyClassifier(),
    ],
    ids=lambda estimator: str(estimator)[:60],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_fitted_estimators_come_back_as_they_were(estimator, path):
    estimator.fit(FEATURES, TARGET)
    save_estimator(estimator, path)
    assert np.array_equal(load_estimator(path).predict(FEATURES), estimator.predict(FEATURES))


@pytest.mark.parametrize("chosen", ["number", np.number, object], ids=str)
def test_columns_are_selected_by_their_type(chosen, path):
    frame = pd.DataFrame(
        {"size": FEATURES[:, 1], "kind": FEATURES[:, 0].astype(str).astype(object)}
    )
    encoder = OneHotEncoder() if chosen is object else StandardScaler()
    selected = make_column_transformer((encoder, make_column_selector(dtype_include=chosen)))
    estimator = make_pipeline(selected, Ridge()).fit(frame, TARGET)
    save_estimator(estimator, path)
    assert np.array_equal(load_estimator(path).predict(frame), estimator.predict(frame))


@pytest.mark.parametrize(
    "estimator",
    [
        HistGradientBoostingClassifier(max_iter=2),
        GradientBoostingClassifier(n_estimators=2),
        LogisticRegression(max_iter=1000),
        SGDClassifier(loss="log_loss"),
        KNeighborsClassifier(),
        CalibratedClassifierCV(GaussianNB()),
    ],
    ids=lambda estimator: str(estimator)[:60],
)
def test_classifiers_of_several_classes_come_back(estimator, path):
    estimator.fit(FEATURES, FEATURES[:, 0] % 3)
    save_estimator(estimator, path)
    loaded = load_estimator(path).predict_proba(FEATURES)
    assert np.array_equal(loaded, estimator.predict_proba(FEATURES))


@pytest.mark.parametrize("loss", ["absolute_error", "gamma", "quantile"])
def test_boosting_with_any_loss_comes_back(loss, path):
    options = {"quantile": 0.5} if loss == "quantile" else {}
    target = np.abs(FEATURES[:, 1]) + 1
    estimator = HistGradientBoostingRegressor(max_iter=2, loss=loss, **options)
    estimator.fit(FEATURES, target)
    save_estimator(estimator, path)
    assert np.array_equal(load_estimator(path).predict(FEATURES), estimator.predict(FEATURES))


def test_probabilities_several_outputs_and_sparse_rows_come_back(path):
    outputs = MultiOutputRegressor(Ridge()).fit(FEATURES, FEATURES[:, :2])
    save_estimator(outputs, path)
    assert np.array_equal(load_estimator(path).predict(FEATURES), outputs.predict(FEATURES))
    sparse = csr_matrix(FEATURES)
    neighbours = KNeighborsClassifier().fit(sparse, TARGET)
    save_estimator(neighbours, path)
    loaded = load_estimator(path).predict_proba(sparse)
    assert np.array_equal(loaded, neighbours.predict_proba(sparse))


def test_a_search_has_its_scorer_again(path):
    search = GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2, scoring="neg_log_loss")
    save_estimator(search.fit(FEATURES, TARGET), path)
    assert load_estimator(path).score(FEATURES, TARGET) == search.score(FEATURES, TARGET)


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
        # The arguments of a distribution are a text that SciPy executes.
        named("scipy.stats._distn_infrastructure", "rv_continuous_frozen", 1),
        named("sklearn.metrics._scorer", "_Scorer", 1),
        named("sklearn.metrics._scorer", "_CurveScorer", 1),
        named("sklearn.metrics._dist_metrics", "PyFuncDistance64", 1),
        named("numpy", "frompyfunc", 1),
        named("numpy", "memmap", "ran"),
        named("sklearn.datasets", "fetch_openml", 1),
        named("pipeline_code.runtime.evaluation", "write_evaluation", 1),
        # Texts that name no scorer and no universal function.
        *(
            b"\x80\x04\x8c" + bytes([len(name)]) + name + b"Q."
            for name in (b"os:system", b"numpy:load", b"sklearn.metrics:make_scorer", b"numpy")
        ),
        # State for what others use: a class, a function and a scorer.
        shared(b"csklearn.linear_model._ridge\nRidge\n", {"predict": 1}),
        shared(b"csklearn.model_selection._split\nKFold\n", {"split": 1}),
        shared(b"csklearn.utils.validation\ncheck_array\n", {"__kwdefaults__": {}}),
        shared(b"\x8c\x17sklearn.metrics:roc_aucQ", {"_response_method": "fit"}),
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


def own_function(rows):
    return rows


@pytest.mark.parametrize(
    ("estimator", "refused"),
    [
        (FunctionTransformer(os.getcwd), r"posix\.getcwd is not a name"),
        (FunctionTransformer(own_function), r"test_estimator_io\.own_function is not a name"),
        (FunctionTransformer(lambda rows: rows), "lambda"),
        (RandomizedSearchCV(Ridge(), {"alpha": loguniform(1, 2)}), "rv_continuous_frozen"),
        (
            GridSearchCV(
                LogisticRegression(), {"C": [1]}, scoring=make_scorer(fbeta_score, beta=2), cv=2
            ),
            r"_scorer\._Scorer is not a name",
        ),
    ],
    ids=["system", "own function", "lambda", "distribution", "own scorer"],
)
def test_what_could_not_be_read_again_is_not_written(estimator, refused, path):
    with pytest.raises(DataError, match=rf"cannot be saved: .*{refused}.*features\.py"):
        save_estimator(estimator, path)
    assert not path.exists()


def test_a_file_of_joblib_is_refused(path):
    joblib.dump(Ridge().fit(FEATURES, TARGET), path)
    with pytest.raises(DataError, match=r"joblib\.numpy_pickle\.NumpyArrayWrapper"):
        load_estimator(path)
