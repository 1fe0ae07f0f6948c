"""Compiles histogram gradient boosting: the nodes of all trees in one table.

scikit-learn calls a parallel loop for each tree. Here, NumPy evaluates the conditions of all nodes
at once, then all trees follow them from their roots, one level at a time.
"""

from typing import Any

import numpy as np

from pipeline_code.runtime.single_row.types import CompilePart, Numbers, RowFunction

# Private attributes, and the fields of nodes: another version of scikit-learn may name them
# differently.
_ATTRIBUTES = ("_baseline_prediction", "_loss", "_predictors", "is_categorical_")
_NUMBERS_OF_NODES = ("num_threshold", "value", "missing_go_to_left", "depth")
_FIELDS = {*_NUMBERS_OF_NODES, "feature_idx", "is_leaf", "left", "right"}


def compile_boosted_trees(estimator: Any, _: CompilePart) -> RowFunction | None:
    """Return the function of one row.

    It is None for categorical features, and for an estimator of a version with other attributes.
    """
    if not _is_known(estimator) or estimator.is_categorical_ is not None:
        return None
    trees = [tree for iteration in estimator._predictors for tree in iteration]
    roots, nodes = _table([tree.nodes for tree in trees])
    features, thresholds, values = nodes["feature_idx"], nodes["num_threshold"], nodes["value"]
    missing_left, left, right = (
        nodes["missing_go_to_left"].astype(bool),
        nodes["left"],
        nodes["right"],
    )
    levels = int(nodes["depth"].max())
    outputs = estimator.n_trees_per_iteration_
    baseline = np.asarray(estimator._baseline_prediction, dtype=np.float64).reshape(1, outputs)
    loss, is_classifier = estimator._loss, hasattr(estimator, "classes_")

    def run(row: Numbers) -> Numbers:
        cells = row[features]
        goes_left = (cells <= thresholds) | (np.isnan(cells) & missing_left)
        following = np.where(goes_left, left, right)
        reached = roots
        for _ in range(levels):
            reached = following[reached]
        # The trees are added one after another, as scikit-learn does: the sum is the same.
        steps = np.concatenate([baseline, values[reached].reshape(-1, outputs)])
        raw = np.cumsum(steps, axis=0)[-1:]
        found = loss.predict_proba(raw) if is_classifier else loss.link.inverse(raw[:, 0])
        return np.asarray(found, dtype=np.float64).ravel()

    return run


def _is_known(estimator: Any) -> bool:
    if not all(hasattr(estimator, name) for name in _ATTRIBUTES):
        return False
    nodes = getattr(estimator._predictors[0][0], "nodes", np.empty(0))
    return hasattr(estimator._loss, "link") and {*(nodes.dtype.names or ())} >= _FIELDS


def _table(trees: list[Any]) -> tuple[Any, Any]:
    """Return the places of the roots in one array with the nodes of all trees, and this array.

    `left` and `right` are places in this array. A leaf leads to itself.
    """
    sizes = [len(nodes) for nodes in trees]
    roots = np.cumsum([0, *sizes[:-1]])
    nodes = np.concatenate(trees)
    first = np.repeat(roots, sizes)
    leaf = nodes["is_leaf"].astype(bool)
    itself = np.arange(len(nodes))
    children = {side: np.where(leaf, itself, nodes[side] + first) for side in ("left", "right")}
    columns = {name: np.ascontiguousarray(nodes[name]) for name in _NUMBERS_OF_NODES}
    # The feature of a leaf is not read: its condition is ignored.
    columns["feature_idx"] = np.where(leaf, 0, nodes["feature_idx"])
    return roots, columns | children
