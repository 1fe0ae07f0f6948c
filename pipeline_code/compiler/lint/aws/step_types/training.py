"""Training and tuning jobs."""

from pipeline_code.compiler.lint.aws.step_type import StepType

STEP_TYPES = (
    StepType(
        name="Training",
        request="CreateTrainingJobRequest",
        own_name="TrainingJobName",
        properties=("DescribeTrainingJobResponse",),
    ),
    StepType(
        name="Tuning",
        request="CreateHyperParameterTuningJobRequest",
        own_name="HyperParameterTuningJobName",
        properties=(
            "DescribeHyperParameterTuningJobResponse",
            "ListTrainingJobsForHyperParameterTuningJobResponse",
        ),
    ),
)
