"""Chooses the target and the kind of the model, and says why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline_code.runtime.schema import TRUE_VALUES
from pipeline_code.scaffold.detection import Detected
from pipeline_code.scaffold.errors import InvalidSource

KINDS = ("regression", "binary", "multiclass")
# A column with more values cannot be a class.
MOST_CLASSES = 50
# Usual names of targets, the most usual first.
NAMES = ("target", "label", "y", "outcome", "class", "churn", "churned", "result")
LEAST_ROWS = 100
# A class with fewer rows is too rare for training and test rows.
LEAST_OF_CLASS = 20


@dataclass(frozen=True)
class Target:
    """The target, the kind of the model, and the class that a binary model predicts."""

    column: Detected
    kind: str
    positive: str | bool | None
    reasons: Sequence[str]


def choose_target(columns: Sequence[Detected], target: str | None, kind: str | None) -> Target:
    """Return the given or suggested target and kind; raises InvalidSource."""
    if kind is not None and kind not in KINDS:
        raise InvalidSource(f"kind is {kind!r}: allowed are {', '.join(KINDS)}")
    column, reason = _given(columns, target) if target else _suggested(columns)
    column = replace(column, is_target=True)
    if column.unusable:
        raise InvalidSource(f"the target {column.name} {column.unusable}: choose another --target")
    known = len(column.texts) - column.texts.null_count
    if known < LEAST_ROWS:
        raise InvalidSource(
            f"{known} rows have a value of the target {column.name}: at least {LEAST_ROWS} needed"
        )
    reasons = [f"target: {column.name} ({reason})"]
    kind, why = _kind(column, kind)
    reasons.append(f"kind: {kind} ({why})")
    if kind == "regression":
        return Target(column, kind, None, reasons)
    if kind == "multiclass":
        reasons.append(f"classes: {', '.join(sorted(column.counts))}")
        return Target(replace(column, type="text"), kind, None, reasons)
    positive = _positive(column)
    reasons.append(f"class that is predicted: {positive} (the rarer or true value)")
    # Two numbers are names of classes, so they are texts in the table.
    as_class = replace(column, type="text") if column.is_number else column
    return Target(as_class, kind, positive, reasons)


def _given(columns: Sequence[Detected], target: str) -> tuple[Detected, str]:
    for column in columns:
        if target in (column.header, column.name):
            return column, "as given"
    names = ", ".join(column.name for column in columns)
    raise InvalidSource(f"target is {target!r}: allowed are the columns {names}")


def _suggested(columns: Sequence[Detected]) -> tuple[Detected, str]:
    usable = [each for each in columns if not each.unusable and _allowed_kinds(each)]
    if not usable:
        raise InvalidSource(
            "no column can be a target: needed is a number, or a text with a few values"
        )
    named = {column.name: column for column in usable}
    for name in NAMES:
        if name in named:
            return named[name], "its name is usual for a target; --target chooses another"
    # A text of several classes is more often an input.
    likely = [each for each in usable if _allowed_kinds(each)[0] != "multiclass"]
    return (likely or usable)[-1], "the last column that can be one; --target chooses another"


def _allowed_kinds(column: Detected) -> list[str]:
    is_flag = column.type == "boolean"
    if is_flag or (len(column.counts) == 2 and column.type not in ("date", "timestamp")):
        return ["binary"]
    has_classes = len(column.counts) <= MOST_CLASSES
    if column.is_number:
        return ["regression", "multiclass"] if has_classes else ["regression"]
    return ["multiclass"] if column.type == "text" and has_classes else []


def _kind(column: Detected, kind: str | None) -> tuple[str, str]:
    allowed = _allowed_kinds(column)
    different = f"{len(column.counts):,} different values of type {column.type}"
    if not allowed:
        raise InvalidSource(
            f"the target {column.name} has {different}: allowed are a number (regression), two "
            f"values (binary), and a text with at most {MOST_CLASSES} values (multiclass)"
        )
    if kind is not None and kind not in allowed:
        raise InvalidSource(
            f"kind is {kind!r}, but the target {column.name} has {different}: use "
            f"--kind {' or '.join(allowed)}, or choose another --target"
        )
    chosen = kind or allowed[0]
    counts = _classes(column)
    rarest = min(counts, key=counts.__getitem__)
    if chosen != "regression" and counts[rarest] < LEAST_OF_CLASS:
        raise InvalidSource(
            f"the rows of the class {rarest} of the target {column.name} are too few "
            f"({counts[rarest]}): at least {LEAST_OF_CLASS} of each class are needed"
        )
    return chosen, "as given" if kind else f"it has {different}"


def _classes(column: Detected) -> dict[str, int]:
    """The number of rows of each class; the spellings of a boolean are two classes."""
    if column.type != "boolean":
        return column.counts
    true = sum(count for text, count in column.counts.items() if text.strip() in TRUE_VALUES)
    return {"true": true, "false": sum(column.counts.values()) - true}


def _positive(column: Detected) -> str | bool:
    if column.type == "boolean":
        return True
    if column.is_number:
        return max(column.counts, key=float)
    return list(column.counts)[-1]
