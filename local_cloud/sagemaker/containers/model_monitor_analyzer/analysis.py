"""Runs the analysis that the container's environment variables specify, and writes its reports."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa

from .analysis_error import UserError
from .analysis_job import COMPLETED, message_of, read_baseline, run_analysis, write_report
from .analysis_settings import AnalysisSettings, read_settings
from .columns import Column
from .constraint_checks import Violation, violations_of
from .constraints import constraints_of
from .dataset_reader import read_table
from .model_quality import quality_constraints, quality_statistics, quality_violations
from .quality_columns import read_rows
from .statistics import statistics_of


def main() -> int:
    """Run the analysis of the environment variables. Return the exit code."""
    return run_analysis(analyse)


def analyse(opt_ml: Path) -> str:
    """Write the reports. Return the job's message."""
    resources = json.loads((opt_ml / "config" / "resourceconfig.json").read_text())
    if len(resources["hosts"]) > 1:
        raise UserError(
            f"InstanceCount {len(resources['hosts'])}: the laptop cloud supports only 1"
        )
    settings = read_settings(os.environ)
    table = read_table(settings.source, header=settings.header)
    settings.output.mkdir(parents=True, exist_ok=True)
    measure = _data_quality if settings.problem_type is None else _model_quality
    violations = measure(table, settings)
    if violations is None:
        return COMPLETED
    write_report(settings.output / "constraint_violations.json", {"violations": violations})
    return message_of(violations)


def _data_quality(table: pa.Table, settings: AnalysisSettings) -> list[Violation] | None:
    """Write the baseline. Return the violations; None without a baseline to compare with."""
    columns = [Column(name, table[name]) for name in table.column_names]
    statistics, constraints = statistics_of(columns, rows=table.num_rows), constraints_of(columns)
    _write_baseline(settings, statistics, constraints)
    if settings.baseline is None:
        return None
    return violations_of(
        columns,
        statistics=read_baseline(settings.baseline.statistics),
        constraints=read_baseline(settings.baseline.constraints),
    )


def _model_quality(table: pa.Table, settings: AnalysisSettings) -> list[Violation] | None:
    """Write the baseline. Return the violations; None without a baseline to compare with."""
    problem_type = str(settings.problem_type)
    statistics = quality_statistics(problem_type, read_rows(table, os.environ))
    _write_baseline(settings, statistics, quality_constraints(problem_type, statistics))
    if settings.baseline is None:
        return None
    constraints = read_baseline(settings.baseline.constraints)
    return list(quality_violations(problem_type, statistics, constraints))


def _write_baseline(settings: AnalysisSettings, statistics: Any, constraints: Any) -> None:
    write_report(settings.output / "statistics.json", statistics)
    write_report(settings.output / "constraints.json", constraints)
