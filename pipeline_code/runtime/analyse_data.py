"""The job that analyses data: a document and a page, from files of CSV or Parquet."""

import json
import os

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.data_analysis.analysis import Settings, analysis_of_files
from pipeline_code.runtime.data_analysis.page import page

# The job's environment variables, which `p.analysis` sets.
TITLE_VARIABLE, TARGET_VARIABLE = "ANALYSIS_TITLE", "ANALYSIS_TARGET"
OUTPUT, DOCUMENT, PAGE = "data-analysis", "analysis.json", "analysis.html"


def run(container: Container) -> None:
    """Write analysis.json and analysis.html to the output `data-analysis`.

    The inputs are `data` and, if the step compares two tables, `compared`.
    """
    compared = container.processing_input("compared")
    document = analysis_of_files(
        Settings(os.environ[TITLE_VARIABLE], os.environ.get(TARGET_VARIABLE)),
        container.processing_input("data"),
        compared if compared.is_dir() else None,
    )
    folder = container.processing_output(OUTPUT)
    text = json.dumps(document, indent=2, allow_nan=False) + "\n"
    (folder / DOCUMENT).write_text(text, encoding="utf-8")
    (folder / PAGE).write_text(page(document), encoding="utf-8")
    for finding in document["findings"]:
        print(f"{finding['kind']}: {finding['message']}")
