"""Ingestion: a processing job that writes rows into a feature group of the pipeline, each once."""

from __future__ import annotations

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
from pipeline_code.workflow.variables import Value

SCRIPT = "pipeline_code.runtime.ingest_features"
MAX_CONCURRENCY = 256


def ingest(
    p: Collector,
    name: str,
    group: str,
    rows: Input,
    instances: Instances,
    *,
    concurrency: int = 16,
    hours: int = 1,
    depends_on: DependsOn = None,
) -> ProcessingStep:
    """Add a step that writes `rows` into `group`, a feature group that the folder declares.

    `rows` are Parquet files: an output of a step, an extraction, `redshift(query)` or
    `athena(query)`. Their columns are the features. A record that is online, or older than the
    record online, is not written again, so a second run changes neither store. One instance writes
    all rows, with `concurrency` threads. The output `report` has the numbers of records: written,
    unchanged, older and refused.

    Raises:
        DefinitionError: the group is not declared, or its records cannot be compared.
    """
    _check(p, name, group, concurrency)
    return processing(
        p,
        name,
        SCRIPT,
        instances.one(),
        inputs={"data": rows},
        outputs=["report"],
        environment={
            "FEATURE_GROUP": Value(
                Join(on="", values=[FEATURE_GROUP_PREFIX, group]),
                Access(actions=FEATURE_RECORDS, feature_groups=(group,)),
            ),
            "FEATURE_GROUP_DECLARED_AS": group,
            "FEATURE_GROUP_PACKAGE": f"{p.folder.path.parent.name}.{p.folder.path.name}",
            "FEATURE_GROUP_WORKERS": str(concurrency),
        },
        network=True,  # for the Feature Store
        hours=hours,
        depends_on=depends_on,
    )


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


def _not_comparable(group: FeatureGroup) -> str:
    """Return why the records that were written cannot be read, or ""."""
    if not group.online:
        return "which has no online store to compare records with"
    if group.ttl is not None:
        return f"whose records expire online (ttl is {dict(group.ttl)}, allowed is null)"
    return ""
