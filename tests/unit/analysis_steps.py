"""The step of an option that analyses data, in the definition of a pipeline."""

from __future__ import annotations

from local_cloud.definition_rules.document import steps_of
from pipeline_code.compiler.lint import lint
from pipeline_code.runtime import analyse_data
from tests.definitions import definition


def check_analysis(
    pipeline: str, step: str, *, target: str, inputs: list[str], **options: str
) -> None:
    """Check that the option adds only this step, which runs without a network and a script."""
    compiled = definition(pipeline, analysis="rows", **options)
    assert lint(compiled.body) == []
    steps = {each.name: each for each in steps_of(compiled.body)}
    others = {each.name for each in steps_of(definition(pipeline, **options).body)}
    assert set(steps) - others == {step}
    request = steps[step].arguments
    assert request["AppSpecification"]["ContainerEntrypoint"][2] == analyse_data.__name__
    assert request["Environment"][analyse_data.TARGET_VARIABLE] == target
    assert analyse_data.TITLE_VARIABLE in request["Environment"]
    assert request["ProcessingResources"]["ClusterConfig"]["InstanceCount"] == 1
    assert request["NetworkConfig"]["EnableNetworkIsolation"] is True
    named = [each["InputName"] for each in request["ProcessingInputs"]]
    assert named == ["code", *inputs]
    (output,) = request["ProcessingOutputConfig"]["Outputs"]
    assert output["OutputName"] == analyse_data.OUTPUT
    # The results expire with the rows.
    assert output["S3Output"]["S3Uri"]["Std:Join"]["Values"][2] == "runs"
