"""Pipelines, carried out whole by a server in this process."""

from __future__ import annotations


def test_a_processing_step_really_runs_its_script(workshop):
    script = """
import pathlib, sys
pathlib.Path("/opt/ml/processing/output/report/said.txt").write_text(sys.argv[1])
"""
    arguments = workshop.processing(
        script, outputs={"report": workshop.uri("out")}, arguments=["hello"]
    )
    pipeline = workshop.pipeline([workshop.step("Say", "Processing", arguments)])
    outcome = workshop.run(pipeline)
    assert outcome.reasons == {}
    assert outcome.status_of("Say") == outcome.status == "Succeeded"
    assert workshop.text("out/said.txt") == "hello"
