"""The window of time whose inputs are compared, from the job's environment."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pipeline_code.runtime.job_errors import SettingError

END, HOURS, DELAY = "WINDOW_END", "WINDOW_HOURS", "LABEL_DELAY_HOURS"


@dataclass(frozen=True)
class Window:
    """From `begin` on and before `end`."""

    begin: datetime
    end: datetime

    def has(self, moment: datetime) -> bool:
        """Whether the aware `moment` is in the window."""
        return self.begin <= moment < self.end

    def earlier(self, delay: timedelta) -> "Window":
        """Return the window of the same length that ended `delay` earlier."""
        return Window(self.begin - delay, self.end - delay)


def window_from_environment(now: datetime) -> Window:
    """The window that the environment defines; raises SettingError when it is invalid."""
    return window(os.environ.get(END, ""), os.environ.get(HOURS, ""), now=now)


def window(end: str, hours: str, *, now: datetime) -> Window:
    """The `hours` before `end`, which is an ISO time (UTC by default) or the word now."""
    try:
        until = now if end == "now" else datetime.fromisoformat(end.replace("Z", "+00:00"))
        length = timedelta(hours=int(hours))
    except ValueError as error:
        raise SettingError(
            f"WindowEnd {end!r}, WindowHours {hours!r}: use a time such as 2008-12-31T12:00:00Z "
            "or now, and a whole number of hours"
        ) from error
    if length <= timedelta(0):
        raise SettingError(f"WindowHours {hours}: give at least 1")
    zoned = until if until.tzinfo else until.replace(tzinfo=UTC)
    return Window(zoned - length, zoned)


def label_delay_from_environment() -> timedelta:
    """The time in which labels are expected; raises SettingError when it is invalid."""
    text = os.environ.get(DELAY, "")
    try:
        delay = timedelta(hours=int(text))
    except (ValueError, OverflowError) as error:
        raise SettingError(f"LabelDelayHours is {text!r}: use a whole number of hours") from error
    if delay < timedelta(0):
        raise SettingError(f"LabelDelayHours is {text}: use 0 or more hours")
    return delay
