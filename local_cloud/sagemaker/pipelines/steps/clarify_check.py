"""ClarifyCheck steps: each checks the bias of data or a model, or its explanations.

A baseline is the analysis.json of an earlier job.
"""

from __future__ import annotations

from local_cloud.sagemaker.pipelines.check_step import CheckKind, check_executor

_MEMBERS = {
    "DATA_BIAS": ("Bias", "PreTrainingConstraints"),
    "MODEL_BIAS": ("Bias", "PostTrainingConstraints"),
    "MODEL_EXPLAINABILITY": ("Explainability", "Constraints"),
}

EXECUTOR = check_executor(
    CheckKind(
        step_type="ClarifyCheck",
        files={"Constraints": "analysis.json"},
        registered={check: {"Constraints": member} for check, member in _MEMBERS.items()},
    ),
    "ModelName",
)
