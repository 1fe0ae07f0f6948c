"""What to check before a model is trained. A further check is a function here."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

Document = Mapping[str, Any]
# The power of a column (`predictive_power`) that few columns known before the event have.
LEAK = 0.8
# Shares of the rows.
MISSING, REPEATED, RAREST_CLASS, REPEATED_IDENTIFIERS = 0.5, 0.01, 0.05, 0.01
# A column of fewer values may be unique by chance.
LEAST_IDENTIFIERS = 100


@dataclass(frozen=True)
class Finding:
    """A kind of finding, its column ("" for the table), and a sentence with value and remedy."""

    kind: str
    column: str
    message: str


def findings(document: Document) -> list[dict[str, str]]:
    """Return the findings in a document of `analysis`, the most important first."""
    checks = (_leaks, _skew, _constants, _identifiers, _missing, _repeated, _imbalance)
    return [asdict(finding) for check in checks for finding in check(document)]


def _leaks(document: Document) -> Iterator[Finding]:
    target = document["target"]
    if target is None:
        return
    for column, power in document["predictive_power"].items():
        if power >= LEAK:
            yield Finding(
                "leakage",
                column,
                f"{column} alone predicts {target['name']} with a power of {power:.3f} of 1; "
                f"suspicious from {LEAK}. Leave it out unless it is known before {target['name']}.",
            )


def _skew(document: Document) -> Iterator[Finding]:
    compared = document["compared"]
    if compared is None:
        return
    for change in compared["changes"]:
        yield Finding(
            "skew",
            change["column"],
            f"{change['column']} differs between the two data sets: {change['measure']} is "
            f"{change['value']:.3g}, allowed is {change['limit']:g} ({change['where']}). Check how "
            "the rows were divided or selected.",
        )
    for other in compared["other_kinds"]:
        yield Finding(
            "skew",
            other["column"],
            f"{other['column']} is a {other['first']} in the first data set and a "
            f"{other['second']} in the second one, so the values cannot be compared. Check its "
            "values, such as leading zeros.",
        )
    for column in compared["empty_columns"]:
        yield Finding("skew", column, f"{column} has no value in the second data set.")
    for names, where in (("missing_columns", "second"), ("further_columns", "first")):
        for column in compared[names]:
            yield Finding("skew", column, f"{column} is missing in the {where} data set.")
    share = compared["repeated_rows_share"]
    if share is not None and share > REPEATED:
        yield Finding(
            "skew",
            "",
            f"{share:.1%} of the different rows of the second data set are in the first one, too; "
            f"allowed are {REPEATED:.0%}. A model knows such test rows: divide rows by a key.",
        )


def _constants(document: Document) -> Iterator[Finding]:
    for column in document["columns"]:
        # A missing value is a value, too: whether there is one may tell something.
        if column["distinct"] + (column["missing_share"] > 0) <= 1:
            only = column["frequent"][0]["value"] if column["frequent"] else None
            said = "has no value" if only is None else f"has one value, {only!r}"
            yield Finding(
                "constant",
                column["name"],
                f"{column['name']} {said}, so a model learns nothing from it. Leave it out.",
            )


def _identifiers(document: Document) -> Iterator[Finding]:
    target = (document["target"] or {}).get("name")
    for column in document["columns"]:
        name, repeated = column["name"], column["repeated_share"]
        is_code = column["kind"] == "text" or column["is_whole"]
        is_long = column["rows"] >= LEAST_IDENTIFIERS and name != target
        if is_code and is_long and repeated <= REPEATED_IDENTIFIERS:
            yield Finding(
                "identifier",
                name,
                f"{name} has a value of its own in {1 - repeated:.1%} of the rows, as an "
                "identifier has. With it, a model learns rows by heart: leave it out.",
            )


def _missing(document: Document) -> Iterator[Finding]:
    for column in document["columns"]:
        if column["missing_share"] > MISSING and column["rows"]:
            yield Finding(
                "missing",
                column["name"],
                f"{column['name']} has no value in {column['missing_share']:.0%} of the rows. "
                "Check the query, or fill the value.",
            )


def _repeated(document: Document) -> Iterator[Finding]:
    share = document["duplicates"]["share"]
    if share > REPEATED:
        yield Finding(
            "duplicates",
            "",
            f"{share:.1%} of the rows repeat an earlier row; usual are at most {REPEATED:.0%}. "
            "Check the joins of the query.",
        )


def _imbalance(document: Document) -> Iterator[Finding]:
    target = document["target"]
    if target is None or target["kind"] != "class":
        return
    rarest = min(target["classes"], key=lambda each: each["share"])
    if rarest["share"] < RAREST_CLASS:
        yield Finding(
            "imbalance",
            target["name"],
            f"{target['name']} is {rarest['value']!r} in {rarest['share']:.1%} of the rows. "
            "Accuracy says little here: use AUC, and check the rows of this class.",
        )
