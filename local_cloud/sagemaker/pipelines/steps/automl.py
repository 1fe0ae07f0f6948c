"""AutoML steps: each runs an AutoML job in the mode ENSEMBLING.

Besides DescribeAutoMLJob, the properties contain BestCandidateProperties. The SDK defines
ModelInsightsJsonReportPath there, which is the leaderboard here. Candidates are not explained.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from local_cloud.sagemaker.jobs.automl.automl_checks import automl_findings
from local_cloud.sagemaker.jobs.job_kinds import AUTOML
from local_cloud.sagemaker.pipelines.job_step import job_executor


def _with_report(_client: Any, description: dict[str, Any]) -> dict[str, Any]:
    base = description["OutputDataConfig"]["S3OutputPath"].rstrip("/")
    report = f"{base}/{description['AutoMLJobName']}/leaderboard/leaderboard.json"
    return description | {"BestCandidateProperties": {"ModelInsightsJsonReportPath": report}}


EXECUTOR = replace(
    job_executor(
        AUTOML,
        findings=automl_findings,
        cache_key_attributes=(
            "AutoMLJobConfig",
            "AutoMLJobObjective",
            "InputDataConfig",
            "ProblemType",
        ),
        properties=_with_report,
    ),
    absent_properties=frozenset({("BestCandidateProperties", "ExplainabilityJsonReportPath")}),
)
