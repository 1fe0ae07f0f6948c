"""The command `export`: writes the flow of a pipeline as a script, or as a feature group."""

import argparse
import sys
from pathlib import Path

from local_cloud.command_line import run_command
from pipeline_code.compiler.errors import DefinitionError
from pipeline_code.feature_groups import FILE
from pipeline_code.flow_export.feature_group import declare_group
from pipeline_code.flow_export.script import script_of
from pipeline_code.pipelines import FOLDER, folder_of, names, package_of
from pipeline_code.runtime.flow_features import FlowFeatures
from pipeline_code.runtime.flows.declared_flow import declared_flow
from pipeline_code.runtime.flows.fitted_flow import FittedFlow, load_flow
from pipeline_code.runtime.flows.flow import Flow
from pipeline_code.runtime.job_errors import JobError, SettingError
from pipeline_code.runtime.model_archive import unpacked

HELP = "write the data preparation of a pipeline as a plain Python script, or as a feature group"
_STEP = """\
{folder}/{file}: {group} with {count} features. Check its description and tags, then run
    python -m pipeline_code feature-groups {name}
and add a step to pipeline.py:
    p.ingest("Ingest", "{group}", rows, instances, flow=True{model})
where `rows` have the columns {identifier}, {event_time} and those of the flow.
"""


def add_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    command.add_argument("name", metavar="NAME", help="a pipeline with a FLOW in features.py")
    text = "a model.tar.gz of the pipeline, for what the flow computed from the training rows"
    command.add_argument("--model", metavar="FILE", type=Path, help=text)
    text = "the script (default: standard output)"
    command.add_argument("--output", metavar="FILE", type=Path, help=text)
    text = "declare the prepared columns as this feature group, instead of a script"
    command.add_argument("--feature-group", metavar="GROUP", help=text)
    text = "the column that identifies a record, as COLUMN or COLUMN:TYPE (default: String)"
    command.add_argument("--identifier", metavar="COLUMN", help=text)
    text = "the column with the event time, as COLUMN or COLUMN:TYPE (default: String)"
    command.add_argument("--event-time", metavar="COLUMN", help=text)


def run(parsed: argparse.Namespace) -> int:
    """Run the command; return 0, or 2 after printing why there is no script or group."""
    return run_command(lambda: _run(parsed), JobError, DefinitionError)


def _run(parsed: argparse.Namespace) -> int:
    columns = (parsed.identifier, parsed.event_time)
    if parsed.feature_group is None:
        if any(columns):
            raise SettingError("--identifier and --event-time need --feature-group: add it")
        return export(parsed.name, parsed.model, parsed.output)
    if not all(columns) or parsed.output:
        raise SettingError(
            "--feature-group needs --identifier and --event-time, and has no --output: it changes "
            f"{FILE} of the pipeline"
        )
    return export_group(parsed.name, parsed.feature_group, *columns, model=parsed.model)


def export(name: str, model: Path | None, output: Path | None) -> int:
    """Write the script. Return 0. Raises SettingError and DataError."""
    declared = _declared(name)
    fitted = _flow(declared, model)
    file = output.name if output else f"prepare_{name.replace('-', '_')}.py"
    title = f"Prepares the rows of the pipeline {name}."
    text = script_of(fitted, declared.schema, title=title, file=file)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8")
        print(f"{output}: {len(fitted.transforms)} transforms")
    return 0


def export_group(
    name: str,
    group: str,
    identifier: str,
    event_time: str,
    *,
    model: Path | None,
    root: Path = FOLDER,
) -> int:
    """Declare the group, and print how to fill it. Return 0. Raises JobError and DefinitionError.

    `root` is the folder of the pipelines.
    """
    flow, folder = _declared(name), folder_of(name, root)
    features = FlowFeatures(_flow(flow, model), flow.schema)
    made = declare_group(folder, group, features, identifier=identifier, event_time=event_time)
    text = _STEP.format(
        folder=folder.name,
        file=FILE,
        group=group,
        count=len(made.features),
        name=name,
        model=", model=…" if model else "",
        identifier=made.record_identifier,
        event_time=made.event_time,
    )
    sys.stdout.write(text)
    return 0


def _flow(declared: Flow, model: Path | None) -> FittedFlow:
    return declared.without_fit() if model is None else _fitted(model)


def _declared(name: str) -> Flow:
    if name not in names():
        raise SettingError(f"no pipeline {name!r}: allowed are {', '.join(names())}")
    return declared_flow(package_of(name))


def _fitted(model: Path) -> FittedFlow:
    with unpacked(model) as folder:
        return load_flow(folder)
