"""The properties of a local Spark, and those of configuration.json.

Source: src/smspark/config.py of sagemaker-spark-container, and
https://docs.aws.amazon.com/emr/latest/ReleaseGuide/emr-configure-apps.html
"""

from __future__ import annotations

from typing import Any

from .submit_error import SubmitError

# Hosts of a job have the loopback interface only, and no browser.
LOCAL_PROPERTIES = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
}
_SUPPORTED = "spark-defaults"
_MASTER = "spark.master"


def properties_of(configuration: Any, source: str = "configuration.json") -> dict[str, str]:
    """Return the properties of a configuration.json, an object or a list of classifications.

    `source` names the configuration in errors.

    Raises SubmitError for a classification of what a local Spark does not have, such as yarn-site.
    """
    entries = configuration if isinstance(configuration, list) else [configuration]
    found: dict[str, str] = {}
    for entry in entries:
        name = entry.get("Classification") if isinstance(entry, dict) else None
        if name != _SUPPORTED:
            raise SubmitError(
                f"{source} has the classification {name!r}, which a local Spark does not "
                f"have: supported on the laptop is {_SUPPORTED}"
            )
        found |= {str(key): str(value) for key, value in (entry.get("Properties") or {}).items()}
    if _MASTER in found:
        raise SubmitError(
            f"{source} sets {_MASTER}: the image runs on YARN, and the laptop on "
            "local[*]; leave it out"
        )
    return found
