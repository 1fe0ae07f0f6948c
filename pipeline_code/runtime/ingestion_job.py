"""What the jobs of `p.ingest` have in common: their settings and their report.

Spark imports this module before the packages of the job are installed, so it needs none of them.
"""

import json
import os
from dataclasses import asdict
from pathlib import Path

from pipeline_code.runtime.container import Container
from pipeline_code.runtime.feature_declaration import DeclaredGroup, declared_group
from pipeline_code.runtime.feature_ingestion import Ingested, require_accepted


def group_of_job() -> DeclaredGroup:
    """Return the group that the environment of the job names."""
    return declared_group(
        os.environ["FEATURE_GROUP"],
        os.environ["FEATURE_GROUP_PACKAGE"],
        os.environ["FEATURE_GROUP_DECLARED_AS"],
    )


def workers_of_job() -> int:
    """Return the number of threads that write records."""
    return int(os.environ["FEATURE_GROUP_WORKERS"])


def files_of_job(container: Container) -> list[Path]:
    """Return the files of the input `data` in the order of their names."""
    folder = container.processing_input("data")
    return sorted(path for path in folder.rglob("*") if path.is_file())


def finish(container: Container, group: DeclaredGroup, ingested: Ingested) -> None:
    """Write the numbers to the output `report`. Raises DataError if records were refused."""
    report = json.dumps({"feature_group": group.name, **asdict(ingested.counts)})
    path = container.processing_output("report") / "report.json"
    path.write_text(report + "\n", encoding="utf-8")
    print(report)
    require_accepted(ingested, group)
