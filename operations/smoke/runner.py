"""Runs the phases one after the other. After a failure only the last phase, destroy, runs."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from operations.smoke import SmokeError
from operations.smoke.phase import Phase, SmokeRun
from operations.smoke.recorder import Recorder
from operations.smoke.redaction import redact_text
from warehouse import WarehouseError

_EXPECTED = (SmokeError, WarehouseError, BotoCoreError, Boto3Error, ClientError)


@dataclass(frozen=True)
class PhaseResult:
    """What a phase saw, or why it failed, and where its calls are recorded."""

    phase: str
    status: Literal["ok", "failed", "skipped"]
    seconds: float
    found: str
    recording: str


def run_phases(
    phases: Sequence[Phase],
    run: SmokeRun,
    recorder: Recorder,
    clock: Callable[[], float] = time.monotonic,
) -> Iterator[PhaseResult]:
    """Run the phases, and yield each result when the phase has ended."""
    failed = False
    for position, phase in enumerate(phases, 1):
        if failed and phase is not phases[-1]:
            yield PhaseResult(phase.name, "skipped", 0.0, "", "")
            continue
        path, started = run.folder / f"{position}-{phase.name}.jsonl", clock()
        with recorder.recording(path):
            succeeded, found = _outcome(phase, run)
        failed = failed or not succeeded
        seconds = round(clock() - started, 1)
        yield PhaseResult(phase.name, "ok" if succeeded else "failed", seconds, found, str(path))


def _outcome(phase: Phase, run: SmokeRun) -> tuple[bool, str]:
    """Run a phase. Return whether it succeeded, and what it saw or the reason of its failure."""
    try:
        return True, phase.run(run)
    except _EXPECTED as error:
        return False, str(error)
    except KeyboardInterrupt:
        return False, "interrupted"
    except Exception as error:  # A defect of a phase must not prevent the destruction.
        log = run.folder / f"{phase.name}-traceback.log"
        log.write_text(redact_text(traceback.format_exc()), encoding="utf-8")
        return False, f"{type(error).__name__}: {error}; the traceback is in {log}"
