"""Spark steps: processing jobs in SageMaker's Spark image, which smspark-submit starts.

Source: https://github.com/aws/sagemaker-spark-container, src/smspark/cli.py (options of
smspark-submit), and PySparkProcessor and SparkJarProcessor of the SageMaker SDK.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from sagemaker.core.workflow.functions import Join

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import (
    CODE,
    CODE_FILE,
    SPARK_DRIVER,
    SPARK_DRIVER_FILE,
    SPARK_WHEELS,
)
from pipeline_code.workflow.inputs import INPUT_PATH, Input
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.step_kind import DependsOn
from pipeline_code.workflow.steps.processing import ProcessingStep, processing_job
from pipeline_code.workflow.variables import Uri

_SHARES = "pipeline_code.runtime.spark.shares"
_EVENTS, _EVENTS_PATH = "spark-events", "/opt/ml/processing/spark-events/"
# The inputs that a step adds, in the folders where the driver and the image look for them.
_DRIVER, _WHEELS, _CONFIGURATION = "spark-driver", "spark-wheels", "conf"


def spark_step(
    p: Collector,
    name: str,
    script: str,
    instances: Instances,
    *,
    jars: Uri | None = None,
    **given: Any,
) -> ProcessingStep:
    """Add a step that runs `script` of the folder in Spark's driver, on all instances.

    The further arguments are `inputs`, `outputs`, `environment`, `cache_days`, `hours` and
    `depends_on` like those of `p.processing`, and `configuration` and `event_logs`.

    Every instance gets all files of an input, at the same path: a task on any instance reads
    `file:///opt/ml/processing/input/<name>`. Each instance uploads what its tasks wrote to
    /opt/ml/processing/output. `jars` is a prefix of the lake with JAR files for the driver and the
    executors. `configuration` is an object `configuration.json` with classifications of EMR, such
    as spark-defaults. With `event_logs`, the output `spark-events` has the event logs, which a
    Spark history server shows.
    """
    options: list[Any] = ["--py-files", Join(on="/", values=[f"{INPUT_PATH}/code", CODE_FILE])]
    added = {"code": CODE, _DRIVER: SPARK_DRIVER, _WHEELS: SPARK_WHEELS}
    if jars:
        options += ["--jars", f"{INPUT_PATH}/jars"]
        added["jars"] = jars
    driver = Join(on="/", values=[f"{INPUT_PATH}/{_DRIVER}", SPARK_DRIVER_FILE])
    application = [driver, p.folder.package, p.folder.script(script)]
    return _submitted(p, name, options, application, instances, added, **given)


def spark_shares(
    p: Collector,
    name: str,
    script: str,
    instances: Instances,
    *,
    inputs: Mapping[str, Input],
    environment: Mapping[str, Any] | None = None,
    **given: Any,
) -> ProcessingStep:
    """Add a step that runs `script` once for each share of the files of its input, in Spark.

    The script is that of a processing step for several instances: each share is a host of its own,
    so the rows are the same. The further arguments are those of `spark_step`.
    """
    if len(inputs) != 1:
        raise DefinitionError(
            f"step {name} has the inputs {', '.join(inputs) or 'none'}: allowed is one, whose "
            "files are distributed over the tasks; for several inputs use spark_step"
        )
    (data,) = inputs
    step = f"{p.folder.package}.{p.folder.script(script)}"
    variables = {"SPARK_STEP": step, "SPARK_INPUT": data, **(environment or {})}
    return spark_step(p, name, _SHARES, instances, inputs=inputs, environment=variables, **given)


def spark_jar(
    p: Collector,
    name: str,
    jar: str,
    main_class: str,
    instances: Instances,
    *,
    jars: Uri,
    arguments: Sequence[str] = (),
    **given: Any,
) -> ProcessingStep:
    """Add a step that runs the class `main_class` of the file `jar` below the prefix `jars`.

    The other files of the prefix are libraries. The further arguments are those of `spark_step`.
    """
    if not jar.endswith(".jar") or "/" in jar:
        raise DefinitionError(
            f"step {name} has the JAR {jar!r}: allowed is the name of a .jar file in the prefix "
            "`jars`, such as 'convert.jar'"
        )
    options = ["--class", main_class, "--jars", f"{INPUT_PATH}/jars"]
    application = [f"{INPUT_PATH}/jars/{jar}", *arguments]
    return _submitted(p, name, options, application, instances, {"jars": jars}, **given)


def _submitted(
    p: Collector,
    name: str,
    options: Sequence[Any],
    application: Sequence[Any],
    instances: Instances,
    added: Mapping[str, Uri],
    *,
    inputs: Mapping[str, Input] | None = None,
    outputs: Sequence[str] = (),
    configuration: Uri | None = None,
    event_logs: bool = False,
    environment: Mapping[str, Any] | None = None,
    cache_days: int | None = None,
    hours: int = 1,
    depends_on: DependsOn = None,
) -> ProcessingStep:
    given = inputs or {}
    if reserved := {*added, _CONFIGURATION} & {*given}:
        raise DefinitionError(
            f"step {name} has the input {', '.join(sorted(reserved))}, which the step adds itself: "
            "name the input otherwise"
        )
    settings = {_CONFIGURATION: configuration} if configuration else {}
    events = ["--local-spark-event-logs-dir", _EVENTS_PATH] if event_logs else []
    return processing_job(
        p,
        name,
        ["smspark-submit", *events, *options, *application],
        instances,
        inputs={**added, **settings, **{key: _replicated(each) for key, each in given.items()}},
        outputs=[*outputs, *([_EVENTS] if event_logs else [])],
        image="spark",
        environment=environment,
        network=True,  # The driver and the executors use sockets, even on one instance.
        cache_days=cache_days,
        hours=hours,
        depends_on=depends_on,
        paths={_EVENTS: _EVENTS_PATH},
    )


def _replicated(given: Input) -> Input:
    """The input with all files on every instance: Spark distributes the work, not SageMaker."""
    return given if isinstance(given, Uri) else replace(given, distribution="FullyReplicated")
