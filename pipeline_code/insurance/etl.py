"""Cleans this instance's share of the raw files, and reports the rejected rows."""

import csv
import json
import os
from collections.abc import Sequence
from dataclasses import astuple, fields
from datetime import date
from pathlib import Path

from pipeline_code.insurance.clean import clean_table
from pipeline_code.insurance.raw import RawFile, Refusal, others, read_files
from pipeline_code.runtime.container import Container
from pipeline_code.runtime.job_errors import SettingError
from pipeline_code.runtime.shards import write_part

# The maximum number of rejected rows in a report; the output `refused` contains all of them.
SHOWN = 5
# The first characters of a cell that a spreadsheet evaluates as a formula.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def run(container: Container) -> None:
    """Write `clean`, `codes`, `refused` and `report`, each as a part named after this host.

    `codes` are the clean rows without labels, for the model. An instance may get no file. The step
    publish checks the rejected rows of all instances.
    """
    require_date(os.environ["DATASET_DATE"])
    labels = parse_boolean("LABELS", os.environ["LABELS"])
    folder, host = container.processing_input("raw"), container.host
    files = read_files(folder)
    rows = [row for file in files for row in file.rows]
    refusals = [refusal for file in files for refusal in file.refusals]
    write_part(clean_table(rows, labels=labels), container.processing_output("clean"), host=host)
    write_part(clean_table(rows, labels=False), container.processing_output("codes"), host=host)
    _write_refusals(refusals, container.processing_output("refused") / f"refused-{host}.csv")
    report = _report(files, refusals, ignored=others(folder), host=host)
    path = container.processing_output("report") / f"report-{host}.json"
    path.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(json.dumps(report))


def require_date(text: str) -> None:
    """Raise SettingError unless `text` is a date like 2000-01-31, which sorts by time."""
    try:
        written = date.fromisoformat(text).isoformat()
    except ValueError:
        written = ""
    if text != written:
        raise SettingError(f"DatasetDate is {text!r}: allowed is a date such as 2000-01-31")


def parse_boolean(name: str, text: str) -> bool:
    """Parse the value of a Boolean pipeline parameter in a job's environment.

    Raises SettingError, which names the variable, if the value is neither true nor false.
    """
    values = {"true": True, "false": False}
    if text.lower() not in values:
        raise SettingError(f"{name} is {text!r}: allowed are true and false")
    return values[text.lower()]


def _write_refusals(refusals: Sequence[Refusal], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        # By default, the csv module does not quote a lone carriage return, which ends a row.
        writer = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
        writer.writerow(field.name for field in fields(Refusal))
        writer.writerows(map(_as_text, astuple(refusal)) for refusal in refusals)


def _as_text(value: object) -> str:
    """Return the text of a cell that a spreadsheet does not evaluate (OWASP, "CSV Injection")."""
    text = str(value)
    return f"'{text}" if text.startswith(FORMULA_SIGNS) else text


def _report(
    files: Sequence[RawFile], refusals: Sequence[Refusal], *, ignored: list[str], host: str
) -> dict[str, object]:
    return {
        "host": host,
        "files": {
            file.name: {"rows": len(file.rows), "refused": len(file.refusals)} for file in files
        },
        "ignored_files": ignored,
        "rows": sum(len(file.rows) for file in files),
        "refused": len(refusals),
        "first_refusals": [str(refusal) for refusal in refusals[:SHOWN]],
    }
