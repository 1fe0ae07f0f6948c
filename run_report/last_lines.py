"""The last log lines of the job of a step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from execution_reader.step_kinds import job_logs, log_streams

MOST_LINES, MOST_STREAMS = 40, 4
# The jobs whose logs the function may read (stacks/pipeline/run_report.py).
_JOBS = frozenset({"ProcessingJob", "TrainingJob", "TransformJob"})


def last_lines(logs: Any, metadata: Mapping[str, Any]) -> Iterator[str]:
    """Yield the last lines of each instance of a step's job; nothing without a job or a log."""
    source = job_logs({kind: metadata[kind] for kind in _JOBS & metadata.keys()})
    if source is None:
        return
    for stream in islice(log_streams(logs, source), MOST_STREAMS):
        events = logs.get_log_events(
            logGroupName=source.group,
            logStreamName=stream,
            limit=MOST_LINES,
            startFromHead=False,
        )
        yield from (event["message"].rstrip() for event in events["events"])
