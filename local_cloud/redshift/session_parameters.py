"""The configuration parameters that SET changes and SHOW returns.

Source: page "Configuration reference" of the Developer Guide.
"""

from __future__ import annotations

from collections.abc import Mapping

from local_cloud.redshift.statement_errors import StatementFailed, refused

# They tune or label work on the service and change no result: the laptop records their value.
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
    """Every parameter with its default value."""
    return {**_FIXED, **_RECORDED, SEARCH_PATH: ", ".join(DEFAULT_SEARCH_PATH)}


def check_settable(name: str) -> None:
    """Raise StatementFailed for a parameter that the laptop cannot change or does not know."""
    if name not in _RECORDED:
        raise refused(f"SET {name}")


def value_of(values: Mapping[str, str], name: str) -> str:
    """The value of a parameter; StatementFailed if it does not exist."""
    if name not in values:
        raise StatementFailed(f'ERROR: unrecognized configuration parameter "{name}"')
    return values[name]
