"""The names that the file of an estimator may contain, besides the classes of estimators.

Each is a class of data, a function that creates one, or a function that only computes.
"""

from collections.abc import Mapping, Sequence

# NumPy 1 and 2 differ in the name of one module.
_ARRAYS = ("_reconstruct", "scalar")
_GENERATORS = ("__bit_generator_ctor", "__generator_ctor", "__randomstate_ctor")
_TYPES = (
    *("bool", "bool_", "float16", "float32", "float64", "floating", "generic", "int16", "int32"),
    *("int64", "int8", "integer", "number", "object_", "str_", "uint16", "uint32", "uint64"),
    "uint8",
)
_LOSSES = (
    *("AbsoluteError", "ExponentialLoss", "HalfBinomialLoss", "HalfGammaLoss", "HalfPoissonLoss"),
    *("HalfMultinomialLoss", "HalfSquaredError", "HalfTweedieLoss", "HalfTweedieLossIdentity"),
    *("HuberLoss", "PinballLoss"),
)
_DISTANCES = (
    *("BrayCurtis", "Canberra", "Chebyshev", "Dice", "Euclidean", "Hamming", "Haversine"),
    *("Jaccard", "Mahalanobis", "Manhattan", "Minkowski", "RogersTanimoto", "RussellRao"),
    *("SEuclidean", "SokalSneath"),
)
_KERNELS = (
    *("CompoundKernel", "ConstantKernel", "DotProduct", "ExpSineSquared", "Exponentiation"),
    *("Hyperparameter", "Matern", "PairwiseKernel", "Product", "RBF", "RationalQuadratic", "Sum"),
    "WhiteKernel",
)
_SPLITTERS = (
    *("GroupKFold", "GroupShuffleSplit", "KFold", "LeaveOneGroupOut", "LeaveOneOut", "LeavePOut"),
    *("PredefinedSplit", "RepeatedKFold", "RepeatedStratifiedKFold", "ShuffleSplit"),
    *("StratifiedGroupKFold", "StratifiedKFold", "StratifiedShuffleSplit", "TimeSeriesSplit"),
)
KNOWN: Mapping[str, Sequence[str]] = {
    "builtins": ("bool", "float", "frozenset", "int", "object", "range", "set", "slice", "str"),
    "functools": ("partial",),
    "numpy": ("dtype", "mean", "nan_to_num", "ndarray", *_TYPES),
    "numpy.core.multiarray": _ARRAYS,
    "numpy._core.multiarray": _ARRAYS,
    "numpy.ma": ("MaskedArray",),
    "numpy.ma.core": ("MaskedArray", "_mareconstruct"),
    "numpy.random._pickle": _GENERATORS,
    "numpy.random._mt19937": ("MT19937",),
    "numpy.random._pcg64": ("PCG64",),
    "numpy.random.bit_generator": ("SeedSequence", "__pyx_unpickle_SeedSequence"),
    "scipy.sparse._csc": ("csc_array", "csc_matrix"),
    "scipy.sparse._csr": ("csr_array", "csr_matrix"),
    "sklearn._loss._loss": ("__pyx_unpickle_CyHalfMultinomialLoss",)
    + tuple(f"Cy{name}" for name in _LOSSES),
    "sklearn._loss.link": ("HalfLogitLink", "IdentityLink", "Interval", "LogLink", "LogitLink")
    + ("MultinomialLogit",),
    "sklearn._loss.loss": _LOSSES,
    "sklearn.calibration": ("_CalibratedClassifier",),
    "sklearn.cluster._birch": ("_CFNode", "_CFSubcluster"),
    "sklearn.compose._column_transformer": ("make_column_selector",),
    "sklearn.ensemble._hist_gradient_boosting.predictor": ("TreePredictor",),
    "sklearn.feature_selection._univariate_selection": ("chi2", "f_classif", "f_regression"),
    "sklearn.gaussian_process.kernels": _KERNELS,
    "sklearn.linear_model._sgd_fast": ("Hinge", "ModifiedHuber", "SquaredHinge")
    + ("EpsilonInsensitive", "Huber", "SquaredEpsilonInsensitive"),
    "sklearn.metrics._dist_metrics": ("newObj",)
    + tuple(f"{name}Distance{bits}" for name in _DISTANCES for bits in (32, 64)),
    "sklearn.metrics._scorer": ("_PassthroughScorer",),
    "sklearn.model_selection._split": _SPLITTERS,
    "sklearn.neighbors._ball_tree": ("BallTree", "BallTree32", "BallTree64", "newObj"),
    "sklearn.neighbors._kd_tree": ("KDTree", "KDTree32", "KDTree64", "newObj"),
    "sklearn.neural_network._stochastic_optimizers": ("AdamOptimizer", "SGDOptimizer"),
    "sklearn.tree._tree": ("Tree",),
    "sklearn.utils._bunch": ("Bunch",),
    "sklearn.utils.validation": ("check_array",),
}
# Modules whose objects have another name of the module, with scikit-learn 1.8 in the image xgboost.
RENAMED = {"_loss": "sklearn._loss._loss"}
