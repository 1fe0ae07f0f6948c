"""The errors of tables in the lake. Each service reports them with its own words."""

from __future__ import annotations

from local_cloud.errors import LocalCloudError


class UnsupportedTable(LocalCloudError):
    """The laptop cloud does not support a format, a type or a setting of the table."""


class UnreadableTable(LocalCloudError):
    """An object of the table is not in the table's format."""
