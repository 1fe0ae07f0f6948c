"""Steps that a trial names instead of running them."""

from local_cloud.sagemaker.pipelines.definition_model import Plan, Step
from pipeline_code.runtime.databases import variables
from pipeline_code.trial.trial import Trial

ENTRYPOINT = ["python3", "/opt/ml/processing/input/code/orders.zip", "read_database"]


def test_a_step_that_reads_a_database_is_named(tmp_path):
    arguments = {
        "AppSpecification": {"ContainerEntrypoint": ENTRYPOINT},
        "Environment": {variables.NAME: "orders"},
    }
    absent = dict.fromkeys(("branch", "display_name", "description", "cache_for"))
    step = Step(
        name="Read",
        type="Processing",
        arguments=arguments,
        dependencies=frozenset(),
        retry_policies=(),
        property_files={},
        members={},
        **absent,
    )
    trial = Trial(
        Plan(parameters=(), steps={"Read": step}),
        scope=None,
        package="orders",
        code_file="orders.zip",
        warehouse=None,
        folder=tmp_path,
        report=lambda line: None,
    )
    trial.run()
    assert trial.not_run == {"Read": "a trial has no rows of the database orders"}
