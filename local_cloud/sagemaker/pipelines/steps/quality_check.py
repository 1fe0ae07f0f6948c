"""QualityCheck steps: each checks data or predictions with Model Monitor's image."""

from __future__ import annotations

from local_cloud.sagemaker.pipelines.check_step import CheckKind, check_executor

FILES = {"Constraints": "constraints.json", "Statistics": "statistics.json"}
_SECTIONS = {"DATA_QUALITY": "ModelDataQuality", "MODEL_QUALITY": "ModelQuality"}

EXECUTOR = check_executor(
    CheckKind(
        step_type="QualityCheck",
        files=FILES,
        registered={
            check: {part: (section, part) for part in FILES} for check, section in _SECTIONS.items()
        },
    )
)
