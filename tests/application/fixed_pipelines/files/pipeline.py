"""The definition of `files`: one step without a model, with an additional tag."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """Files of the lake → files of this execution."""
    p = Pipeline(__file__, image="sklearn", tags={"DATASET": "wanted"})
    p.processing(
        "Copy",
        "copy.py",
        p.instance("Processing", "ml.t3.medium"),
        inputs={"files": p.lake("incoming", p.name, "wanted", "")},
        outputs=["files"],
        kept=True,
    )
    return p
