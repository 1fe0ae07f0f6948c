"""Finds scheduled starts of pipelines while their warehouse is paused."""

from __future__ import annotations

import re
from bisect import bisect_right
from datetime import UTC, datetime, timedelta

from local_cloud.schedule_expressions import firings, is_rate
from stacks.config import ConfigurationError, Pipeline, Schedule, refuse
from stacks.warehouse.settings import Pause

# A year with 53 weekends and a February 29; the time before it shows what the year begins with.
_START, _END = datetime(2028, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC)
_BEFORE = timedelta(days=62)
# A resumed cluster is available some minutes later.
RESUMING = timedelta(minutes=30)
# A pipeline that reads the warehouse then has time to read.
READING = timedelta(hours=1)


def check_starts(pause: Pause, pipeline: Pipeline) -> None:
    """Raise ConfigurationError if a schedule starts the pipeline without a warehouse."""
    for schedule in pipeline.all_schedules:
        if schedule.enabled:
            _check(pause, pipeline, schedule)


def _check(pause: Pause, pipeline: Pipeline, schedule: Schedule) -> None:
    if is_rate(schedule.expression):
        raise _refused(
            pipeline, schedule, "a rate begins with the deployment, at any time of the day"
        )
    changes = _changes(pause)
    for start in firings(_each_year(schedule.expression), schedule.time_zone, _START, _END):
        reason = _reason(changes, start)
        if reason:
            raise _refused(pipeline, schedule, f"it starts on {start:%a %H:%M} UTC, {reason}")


def _each_year(expression: str) -> str:
    """Return the cron expression with all years, as one year is checked for all."""
    return re.sub(r"\S+\)$", "*)", expression)


def _changes(pause: Pause) -> list[tuple[datetime, bool]]:
    """Return the times of the pauses (True) and the resumptions (False) in order."""
    begin, end = _START - _BEFORE, _END + _BEFORE
    return sorted(
        (time, is_pause)
        for expression, is_pause in ((pause.pauses, True), (pause.resumes, False))
        for time in firings(_each_year(expression), None, begin, end)
    )


def _reason(changes: list[tuple[datetime, bool]], start: datetime) -> str | None:
    position = bisect_right(changes, (start, True))
    if position:
        time, is_pause = changes[position - 1]
        if is_pause:
            return f"and the warehouse is paused since {time:%a %H:%M}"
        if start - time < RESUMING:
            return f"less than {_minutes(RESUMING)} minutes after the warehouse is resumed"
    later = changes[position] if position < len(changes) else None
    if later and later[1] and later[0] - start < READING:
        return f"less than {_minutes(READING)} minutes before the warehouse is paused"
    return None


def _minutes(duration: timedelta) -> int:
    return int(duration.total_seconds() // 60)


def _refused(pipeline: Pipeline, schedule: Schedule, reason: str) -> ConfigurationError:
    return refuse(
        f"{pipeline.name}.schedule.expression",
        schedule.expression,
        allowed="a cron expression that starts the pipeline while the warehouse is available; "
        f"{reason}",
        remedy="change the schedule or warehouse.pause",
    )
