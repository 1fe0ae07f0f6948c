"""An execution of a delivery: its commit, the stages that succeeded, and what it waits for."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from local_cloud.child_environment import build_variables
from local_cloud.client import connect
from local_cloud.context import Cloud
from local_cloud.delivery.build import run_build
from local_cloud.delivery.checkout import checkout, commit_of
from local_cloud.delivery.stages import DeliveryFailed, DeliveryStage, read_stages
from local_cloud.json_files import read_json, write_json

_RECORD, _ASSEMBLY = "execution.json", "cdk.out"
WAITING, SUCCEEDED, FAILED, REJECTED = "WaitingForApproval", "Succeeded", "Failed", "Rejected"
Report = Callable[[str], None]


@dataclass(frozen=True)
class Execution:
    """A delivery of a commit. `done` are the stages that succeeded, in order.

    `accounts` maps accounts to the state folders of their laptop clouds.
    """

    repository: str
    commit: str
    accounts: Mapping[str, str]
    skipped: Collection[str]
    done: tuple[str, ...] = ()
    status: str = "Executing"
    waits_for: str = ""


def start(
    folder: Path,
    repository: Path,
    name: str,
    *,
    synthesis: tuple[str, ...],
    accounts: Mapping[str, str],
    skipped: Collection[str],
    report: Report,
) -> Execution:
    """Deliver the commit `name` of a repository until the first approval or the end.

    `synthesis` is the command that writes the templates of the delivery: the stages are those of
    the commit. `folder` keeps the record and the logs.

    Raises:
        DeliveryFailed: a stage failed. No later stage has run.
    """
    commit = commit_of(repository, name)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with checkout(repository, commit) as source:
        _synthesise(source, synthesis, folder / _ASSEMBLY)
    execution = Execution(str(repository.resolve()), commit, dict(accounts), skipped=tuple(skipped))
    _check_accounts(read_stages(folder / _ASSEMBLY), execution)
    return _continue(folder, execution, report)


def decide(folder: Path, *, approved: bool, report: Report) -> Execution:
    """Approve or reject the delivery that waits in `folder`, and continue.

    Raises:
        DeliveryFailed: none waits, or a stage failed.
    """
    execution = _read(folder)
    if execution is None or execution.status != WAITING:
        state = "none" if execution is None else f"the last one is {execution.status}"
        raise DeliveryFailed(f"no delivery of {folder} waits for approval: {state}")
    if not approved:
        rejected = replace(execution, status=REJECTED, waits_for="")
        _write(folder, rejected)
        return rejected
    stages = read_stages(folder / _ASSEMBLY)
    named = next(
        stage.name for stage in stages if stage.approval and stage.name not in execution.done
    )
    done = (*execution.done, named)
    return _continue(folder, replace(execution, done=done, waits_for=""), report)


def _continue(folder: Path, execution: Execution, report: Report) -> Execution:
    for stage in read_stages(folder / _ASSEMBLY):
        if stage.name in execution.done:
            continue
        if stage.approval:
            waiting = replace(execution, status=WAITING, waits_for=stage.approval)
            _write(folder, waiting)
            return waiting
        if stage.name in execution.skipped:
            report(f"{stage.name}: skipped")
        else:
            _run(folder, execution, stage, report)
        execution = replace(execution, done=(*execution.done, stage.name))
    ended = replace(execution, status=SUCCEEDED)
    _write(folder, ended)
    return ended


def _run(folder: Path, execution: Execution, stage: DeliveryStage, report: Report) -> None:
    try:
        with checkout(Path(execution.repository), execution.commit) as source:
            run_build(stage, source, _cloud(execution, stage), folder / f"{stage.name}.log")
    except DeliveryFailed:
        _write(folder, replace(execution, status=FAILED))
        raise
    report(f"{stage.name}: succeeded")


def _cloud(execution: Execution, stage: DeliveryStage) -> Cloud | None:
    return connect(Path(execution.accounts[stage.account])) if stage.account else None


def _check_accounts(stages: list[DeliveryStage], execution: Execution) -> None:
    """Check before the first stage that each account has a laptop cloud that runs."""
    for stage in stages:
        if stage.name in execution.skipped or stage.account is None:
            continue
        if stage.account not in execution.accounts:
            raise DeliveryFailed(
                f"the stage {stage.name} is for the account {stage.account}: name the state folder "
                f"of its laptop cloud with --account {stage.account}=DIR, or skip it with "
                f"--skip {stage.name}"
            )
        _cloud(execution, stage)


def _synthesise(source: Path, command: tuple[str, ...], output: Path) -> None:
    if not command:
        raise DeliveryFailed(
            "[tool.laptop] of pyproject.toml has no delivery: set it to the command that "
            'synthesises the app with the pipeline, such as ["python", "delivery.py"]'
        )
    ended = subprocess.run(
        command,
        cwd=source,
        env={**build_variables(None), "CDK_OUTDIR": str(output)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise DeliveryFailed(f"the delivery was not synthesised:\n{ended.stderr.strip()}")


def _read(folder: Path) -> Execution | None:
    document = read_json(folder / _RECORD)
    return None if document is None else Execution(**{**document, "done": tuple(document["done"])})


def _write(folder: Path, execution: Execution) -> None:
    write_json(folder / _RECORD, asdict(execution))
