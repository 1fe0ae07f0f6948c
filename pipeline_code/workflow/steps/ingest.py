"""Ingestion: a processing job that writes rows into a feature group of the pipeline, each once."""

from __future__ import annotations

from typing import Any, Literal, get_args

from sagemaker.core.workflow.functions import Join

from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.compiler.manifest import FEATURE_RECORDS, Access
from pipeline_code.feature_groups import FILE, FeatureGroup, read_feature_groups
from pipeline_code.workflow.collector import Collector
from pipeline_code.workflow.environment import FEATURE_GROUP_PREFIX
from pipeline_code.workflow.inputs import Input
from pipeline_code.workflow.instances import Instances
from pipeline_code.workflow.step_kind import DependsOn
from pipeline_code.workflow.steps.processing import ProcessingStep, processing
from pipeline_code.workflow.steps.spark import spark_step
from pipeline_code.workflow.variables import Value

Engine = Literal["processing", "spark"]
SCRIPT = "pipeline_code.runtime.ingest_features"
SPARK_SCRIPT = "pipeline_code.runtime.spark.ingestion"
MAX_CONCURRENCY = 256
# The module that declares the FLOW of a pipeline.
FEATURES = "features.py"


def ingest(
    p: Collector,
    name: str,
    group: str,
    rows: Input,
    instances: Instances,
    *,
    flow: bool = False,
    model: Input | None = None,
    engine: Engine = "processing",
    concurrency: int = 16,
    hours: int = 1,
    depends_on: DependsOn = None,
) -> ProcessingStep:
    """Add a step that writes `rows` into `group`, a feature group that the folder declares.

    `rows` are Parquet files: an output of a step, an extraction, `redshift(query)` or
    `athena(query)`. Their columns are the features. With `flow`, they are raw rows, which the FLOW
    of features.py prepares: their columns are the record identifier, the event time, and those of
    the flow. If the flow has a fit, `model` is a trained model, whose flow is used.

    A record that is online, or older than the record online, is not written again, so a second run
    changes neither store. One instance writes all rows, with `concurrency` threads. With the engine
    "spark", all instances do, with so many threads in each task. The output `report` has the
    numbers of records: written, unchanged, older and refused.

    Raises:
        DefinitionError: the group is not declared, its records cannot be compared, there is no
            flow, or the engine is unknown.
    """
    _check(p, name, group, concurrency)
    if engine not in get_args(Engine):
        raise DefinitionError(
            f"step {name} has the engine {engine!r}: allowed are {', '.join(get_args(Engine))}"
        )
    _check_flow(p, name, flow, model)
    given: dict[str, Any] = {
        "inputs": {"data": rows, **({} if model is None else {"model": model})},
        "outputs": ["report"],
        "environment": _environment(p, group, concurrency, flow),
        "hours": hours,
        "depends_on": depends_on,
    }
    if engine == "spark":
        return spark_step(p, name, SPARK_SCRIPT, instances, **given)
    # The network is for the Feature Store.
    return processing(p, name, SCRIPT, instances.one(), network=True, **given)


def _environment(p: Collector, group: str, concurrency: int, flow: bool) -> dict[str, Any]:
    package = p.folder.package
    return {
        "FEATURE_GROUP": Value(
            Join(on="", values=[FEATURE_GROUP_PREFIX, group]),
            Access(actions=FEATURE_RECORDS, feature_groups=(group,)),
        ),
        "FEATURE_GROUP_DECLARED_AS": group,
        "FEATURE_GROUP_PACKAGE": package,
        "FEATURE_GROUP_WORKERS": str(concurrency),
        **({"FEATURE_FLOW": package} if flow else {}),
    }


def _check(p: Collector, name: str, group: str, concurrency: int) -> None:
    declared = {each.name: each for each in read_feature_groups(p.folder.path)}
    if group not in declared:
        raise DefinitionError(
            f"step {name} writes to the feature group {group!r}: allowed are those of "
            f"{p.folder.path.name}/{FILE}, {', '.join(declared) or 'which declares none'}; declare "
            "the group there"
        )
    if not 1 <= concurrency <= MAX_CONCURRENCY:
        raise DefinitionError(
            f"step {name} has the concurrency {concurrency!r}: allowed are 1 to {MAX_CONCURRENCY}"
        )
    if reason := _not_comparable(declared[group]):
        raise DefinitionError(
            f"step {name} writes to the feature group {group!r}, {reason}: a second run would "
            "append the same records to the offline store again; declare another group, or call "
            "PutRecord in a step of your own"
        )


def _check_flow(p: Collector, name: str, flow: bool, model: Input | None) -> None:
    if model is not None and not flow:
        raise DefinitionError(
            f"step {name} has a model but flow=False: only a flow uses what the model computed "
            "from training rows; set flow=True, or leave out the model"
        )
    if flow and not (p.folder.path / FEATURES).is_file():
        raise DefinitionError(
            f"step {name} prepares its rows with a flow, but {p.folder.path.name}/{FEATURES} does "
            "not exist: declare FLOW = Flow(…) there, or leave out flow=True"
        )


def _not_comparable(group: FeatureGroup) -> str:
    """Return why the records that were written cannot be read, or ""."""
    if not group.online:
        return "which has no online store to compare records with"
    if group.ttl is not None:
        return f"whose records expire online (ttl is {dict(group.ttl)}, allowed is null)"
    return ""
