"""The paths of evaluation.json, which `evaluate` of the runtime writes for each kind of prediction.

They are known before a run if the script of the step calls `evaluate`. A script that calls
`write_evaluation`, or `evaluate` with a `problem` of its own, writes any report, so its paths are
known only when it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path

from pipeline_code.runtime.metric_names import BY_TARGET, KINDS

# The member of each kind of prediction -> its metrics.
METRICS: Mapping[str, tuple[str, ...]] = {each.member: each.names for each in KINDS}
# Argument of `Dataset` -> the kind of prediction.
_KINDS = {each.argument: each.member for each in KINDS}
_COMPARED = ("metric", "candidate", "champion", "difference", "model_package_arn")
COMMON = (
    *("version", "dataset.item_count", "model.sha256"),
    *(f"champion_comparison.{name}" for name in _COMPARED),
)
# Members whose names depend on the data or on the approved model.
OPEN = (
    ".confusion_matrix.",
    f"{BY_TARGET}.",
    "champion_comparison.champion_metrics.",
    "tuning_comparison.",
)


def wrong_paths(folder: Path) -> Iterator[str]:
    """Yield a message for each `evaluation.metric("…")` whose path the script does not write.

    It has file and line. Only texts are checked, and only results of `p.evaluation(…)` that are
    assigned to a name.
    """
    path = folder / "pipeline.py"
    scripts = dict(_scripts(path))
    for node in _nodes(path):
        match node:
            case ast.Call(func=ast.Attribute(owner, "metric"), args=[ast.Constant(str(metric))]):
                script = scripts.get(_evaluation(owner))
                wrong = script and _wrong(metric, folder / script)
                if wrong:
                    yield f"{path}, line {node.lineno}: {wrong}"


def _scripts(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the name of the result of each `p.evaluation(…)`, and its script."""
    for node in _nodes(path):
        match node:
            case ast.Assign(
                targets=[ast.Name(name)],
                value=ast.Call(
                    func=ast.Attribute(attr="evaluation"), args=[_, ast.Constant(str(script)), *_]
                ),
            ):
                yield name, script


def _evaluation(owner: ast.expr) -> str:
    """Return the name in `evaluation.metric` and in `evaluation.report.metric`."""
    match owner:
        case ast.Name(name) | ast.Attribute(ast.Name(name), "report"):
            return name
    return ""


def _wrong(metric: str, script: Path) -> str:
    """Return why the script does not write the path, or nothing; also if that is unknown."""
    if not _writes_known_paths(script) or any(each in metric for each in OPEN):
        return ""
    kinds = _kinds(script.with_name("features.py"))
    known = [*_of_kinds(kinds), *COMMON]
    if metric in known:
        return ""
    close = get_close_matches(metric, known, n=1)
    remedy = f"did you mean {close[0]!r}?" if close else "correct the path"
    names = (f"{kind}.<metric>.value with the metrics {', '.join(METRICS[kind])}" for kind in kinds)
    return (
        f"the metric is {metric!r}, which {script.name} does not write to evaluation.json: allowed "
        f"are {'; '.join(names)}; {', '.join(COMMON)}; {remedy}"
    )


def _of_kinds(kinds: list[str]) -> Iterator[str]:
    for kind in kinds:
        for name in METRICS[kind]:
            yield f"{kind}.{name}.value"
            yield f"{kind}.{name}.standard_deviation"


def _kinds(features: Path) -> list[str]:
    """Return the kind of prediction of the `Dataset` in features.py, or all kinds."""
    match [each for each in _nodes(features) if _is_dataset(each)]:
        case [ast.Call(args=[_] | [_, _] as given, keywords=keywords)] if all(
            each.arg for each in keywords
        ):
            kinds = [_KINDS[each.arg] for each in keywords if each.arg in _KINDS]
            # The second argument is the target.
            return kinds or ([_KINDS["target"]] if given[1:] else list(METRICS))
    return list(METRICS)


def _is_dataset(node: ast.AST) -> bool:
    match node:
        case ast.Call(func=ast.Name("Dataset")):
            return True
    return False


def _writes_known_paths(script: Path) -> bool:
    names = {
        alias.name
        for node in _nodes(script)
        if isinstance(node, ast.ImportFrom) and node.module == "pipeline_code.runtime.evaluation"
        for alias in node.names
    }
    own = any(isinstance(each, ast.keyword) and each.arg == "problem" for each in _nodes(script))
    return "evaluate" in names and "write_evaluation" not in names and not own


def _nodes(path: Path) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if path.is_file() else iter(())
