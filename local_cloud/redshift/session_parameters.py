"""The configuration parameters for SET and SHOW.

Source: page "Configuration reference" of the Developer Guide.
"""

from __future__ import annotations

from collections.abc import Mapping

from local_cloud.redshift.statement_errors import StatementFailed, refused

# Parameters that do not change results: only their value is recorded.
_RECORDED = {
    "analyze_threshold_percent": "10",
    "application_name": "",
    "auto_analyze": "on",
    "enable_result_cache_for_session": "on",
    "max_cursor_result_set_size": "0",
    "query_group": "unset",
    "wlm_query_slot_count": "1",
}
_FIXED = {
    "client_encoding": "UTF8",
    "datestyle": "ISO, MDY",
    "describe_field_name_in_uppercase": "off",
    "enable_case_sensitive_identifier": "off",
    "extra_float_digits": "0",
    "server_encoding": "UNICODE",
    "statement_timeout": "0",
    "timezone": "UTC",
}
SEARCH_PATH = "search_path"
DEFAULT_SEARCH_PATH = ("$user", "public")


def defaults() -> dict[str, str]:
    """Return the default value of each parameter."""
    return {**_FIXED, **_RECORDED, SEARCH_PATH: ", ".join(DEFAULT_SEARCH_PATH)}


def check_settable(name: str) -> None:
    """Raise StatementFailed for an unknown parameter, or one that cannot be changed here."""
    if name not in _RECORDED:
        raise refused(f"SET {name}")


def value_of(values: Mapping[str, str], name: str) -> str:
    """Return the value of a parameter. Raises StatementFailed for an unknown parameter."""
    if name not in values:
        raise StatementFailed(f'ERROR: unrecognized configuration parameter "{name}"')
    return values[name]
