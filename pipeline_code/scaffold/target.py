"""Chooses the target and the kind of the model, and says why."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import pyarrow.compute as pc

from pipeline_code.runtime.schema import TRUE_VALUES
from pipeline_code.scaffold.detection import Detected
from pipeline_code.scaffold.errors import InvalidSource

KINDS = ("regression", "binary", "multiclass", "multioutput")
MULTIOUTPUT = "multioutput"
# A column with more values cannot be a class.
MOST_CLASSES = 50
# Usual names of targets, the most usual first.
NAMES = ("target", "label", "y", "outcome", "class", "churn", "churned", "result")
LEAST_ROWS = 100
# A class with fewer rows is too rare for training and test rows.
LEAST_OF_CLASS = 20


@dataclass(frozen=True)
class Target:
    """The target, the kind of the model, and the class that a binary model predicts.

    `others` are the further targets of a model that predicts several.
    """

    column: Detected
    kind: str
    positive: str | bool | None
    reasons: Sequence[str]
    others: Sequence[Detected] = ()

    @property
    def columns(self) -> list[Detected]:
        """All targets."""
        return [self.column, *self.others]

    @property
    def names(self) -> list[str]:
        """The names of all targets."""
        return [column.name for column in self.columns]


def choose_target(columns: Sequence[Detected], targets: Sequence[str], kind: str | None) -> Target:
    """Return the given or suggested targets and kind; raises InvalidSource.

    Each of `targets` is the name of a column, or several names with commas between them.
    """
    if kind is not None and kind not in KINDS:
        raise InvalidSource(f"kind is {kind!r}: allowed are {', '.join(KINDS)}")
    given = [_given(columns, name) for name in _names(columns, targets)]
    if len(given) > 1 or kind == MULTIOUTPUT:
        return _several(given, kind)
    column, reason = (given[0], "as given") if given else _suggested(columns)
    column = _usable(column)
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


def _names(columns: Sequence[Detected], targets: Sequence[str]) -> list[str]:
    """The given names; a comma may be part of the name of a column."""
    known = {name for column in columns for name in (column.header, column.name)}
    return [
        name.strip()
        for given in targets
        for name in ([given] if given in known else given.split(","))
    ]


def _several(given: Sequence[Detected], kind: str | None) -> Target:
    names = [column.name for column in given]
    if len(set(names)) < max(len(names), 2):
        raise InvalidSource(
            f"the targets are {', '.join(names) or 'not given'}: --kind {MULTIOUTPUT} needs two or "
            "more different columns of numbers, as in --target price,days"
        )
    wrong = [f"{column.name} ({column.type})" for column in given if not column.is_number]
    if wrong or kind not in (None, MULTIOUTPUT):
        which = f" ({', '.join(wrong)} are not numbers)" if wrong else ""
        raise InvalidSource(
            f"{len(given)} targets are given, and kind is {kind or MULTIOUTPUT}: several targets "
            f"need --kind {MULTIOUTPUT} and columns of numbers{which}; for another kind, choose "
            "one --target"
        )
    first, *others = map(_usable, given)
    _require_common_rows(given)
    reasons = [
        f"targets: {', '.join(names)} (as given)",
        f"kind: {MULTIOUTPUT} ({'as given' if kind else 'there are several targets'})",
    ]
    return Target(first, MULTIOUTPUT, None, reasons, others)


def _require_common_rows(targets: Sequence[Detected]) -> None:
    known = reduce(pc.and_, [column.texts.is_valid() for column in targets])
    count = pc.sum(known, min_count=0).as_py()
    if count < LEAST_ROWS:
        raise InvalidSource(
            f"{count} rows have values of the targets {', '.join(each.name for each in targets)}: "
            f"at least {LEAST_ROWS} with all of them are needed; choose other targets"
        )


def _usable(column: Detected) -> Detected:
    """The column as a target; raises InvalidSource if it has too few values."""
    column = replace(column, is_target=True)
    if column.unusable:
        raise InvalidSource(f"the target {column.name} {column.unusable}: choose another --target")
    known = len(column.texts) - column.texts.null_count
    if known < LEAST_ROWS:
        raise InvalidSource(
            f"{known} rows have a value of the target {column.name}: at least {LEAST_ROWS} needed"
        )
    return column


def _given(columns: Sequence[Detected], target: str) -> Detected:
    # The file has the headers; the name of one column may be the header of another.
    for texts in ([each.header for each in columns], [each.name for each in columns]):
        if target in texts:
            return columns[texts.index(target)]
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
