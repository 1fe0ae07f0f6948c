"""Rules on cached steps.

Source: https://docs.aws.amazon.com/sagemaker/latest/dg/pipelines-caching.html
"""

import re
from collections.abc import Iterator

from local_cloud.definition_rules.definition import Definition
from local_cloud.definition_rules.findings import Finding

DURATION = re.compile(
    r"(?=p?t?\d)p?"
    r"(?:(?P<years>\d+)y)?(?:(?P<months>\d+)m)?(?:(?P<weeks>\d+)w)?(?:(?P<days>\d+)d)?"
    r"(?:t(?=\d)(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?)?",
    re.IGNORECASE,
)


def check(definition: Definition) -> Iterator[Finding]:
    """Yield invalid values of ExpireAfter."""
    for step in definition.steps:
        cache = step.document.get("CacheConfig", {})
        after = cache.get("ExpireAfter")
        # SageMaker ignores ExpireAfter if Enabled is false.
        if cache.get("Enabled") and after is not None and not DURATION.fullmatch(after):
            path, rule = f"{step.path}.CacheConfig.ExpireAfter", "not a duration"
            allowed, remedy = "a duration such as PT1H, 30d or 30dT5h", "write it in this form"
            yield Finding(rule, step.name, path, after, allowed, remedy)
