"""The generated parts of documents: `make docs` writes them, and a test compares them.

They describe the fixed environments of tests/application, so a user's pipelines do not change them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from benchmarks import scale_model, scale_plot
from tests.application.environments import ENVIRONMENTS
from tests.application.synthesised import synthesised
from tests.docs import (
    acknowledgements,
    command_policies,
    environment_fields,
    permissions,
    redshift_sql,
    role_access,
    warehouse_rights,
)
from tests.faults import page as faults
from tests.user_errors import page as user_errors

DOCS = Path(__file__).parents[2] / "docs"


def generated() -> dict[Path, str]:
    """Return the pages with their current parts."""
    mistakes = DOCS / "user-errors.md"
    security, broken = DOCS / "security.md", DOCS / "faults.md"
    scale = DOCS / "scale.md"
    warehouse, fields = DOCS / "redshift-sql.md", DOCS / "environment-reference.md"
    parts = {
        "permissions": permissions.table,
        "access": role_access.table,
        "policies": command_policies.table,
        "rights": warehouse_rights.table,
        "acknowledgements": _acknowledged,
    }
    scale_parts = {
        "measurements": scale_model.measured_table,
        "minutes and dollars": scale_model.table,
    }
    return {
        warehouse: with_parts(warehouse.read_text(), {"refused": redshift_sql.refused}),
        security: with_parts(security.read_text(), parts),
        mistakes: with_parts(mistakes.read_text(), {"user errors": user_errors.table}),
        fields: with_parts(fields.read_text(), {"fields": environment_fields.reference}),
        broken: faults.written(broken.read_text()),
        scale: with_parts(scale.read_text(), scale_parts),
        DOCS / "scale.svg": scale_plot.plot(scale_model.Measurements.read()),
    }


def with_parts(page: str, parts: Mapping[str, Callable[[], str]]) -> str:
    """Return the page with each part between its two marks.

    Raises:
        ValueError: the page does not have the marks of a part.
    """
    for name, make in parts.items():
        begin, end = f"<!-- {name}: made by make docs -->", f"<!-- end of {name} -->"
        pattern = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
        if not pattern.search(page):
            raise ValueError(f"the page lacks the lines {begin!r} and {end!r}: put them in first")
        text = f"{begin}\n{make()}\n{end}"
        page = pattern.sub(lambda _, text=text: text, page)
    return page


def _acknowledged() -> str:
    return acknowledgements.table(
        {name: acknowledgements.acknowledgements(synthesised(name).app) for name in ENVIRONMENTS}
    )


def main() -> None:
    """Write the pages."""
    for path, text in generated().items():
        path.write_text(text)


if __name__ == "__main__":
    main()
