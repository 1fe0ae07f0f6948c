"""The analysis of data at any point of a pipeline: a processing job without a script."""

from __future__ import annotations

from pipeline_code.workflow.collector import AnyImage, Collector
from pipeline_code.workflow.inputs import Input
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.step_kind import DependsOn
from pipeline_code.workflow.steps.processing import ProcessingStep, processing

# The module of the archive that the job runs, and its output.
MODULE = "pipeline_code.runtime.analyse_data"
OUTPUT = "data-analysis"


def analysis(
    p: Collector,
    name: str,
    data: Input,
    instances: Instances,
    *,
    target: str | None = None,
    compared: Input | None = None,
    image: AnyImage | None = None,
    cache_days: int | None = None,
    hours: int = 1,
    depends_on: DependsOn = None,
) -> ProcessingStep:
    """Add a step that analyses the CSV or Parquet files `data`, which need no declared schema.

    `target` is the column to predict: with it, leaks are found and a quick model is trained.
    `compared` are the rows of a second data set with the same columns, such as the test rows. The
    step writes analysis.json and analysis.html; `redline analysis PIPELINE` opens them. They expire
    with the rows, because they contain values of single rows. Findings do not end the execution.
    """
    variables = {"ANALYSIS_TITLE": f"{p.name}: {name}"}
    if target is not None:
        variables["ANALYSIS_TARGET"] = target
    return processing(
        p,
        name,
        MODULE,
        instances.one(),
        image=image,
        inputs={"data": data, **({"compared": compared} if compared is not None else {})},
        outputs=[OUTPUT],
        environment=variables,
        cache_days=cache_days,
        hours=hours,
        depends_on=depends_on,
    )
