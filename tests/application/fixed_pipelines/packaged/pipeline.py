"""The definition of `packaged`: a step with a package of requirements.txt, and one without."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """Files of the lake → a greeting → a copy, in another image."""
    p = Pipeline(__file__, image="sklearn")
    instance = p.instance("Processing", "ml.t3.medium")
    greet = p.processing("Greet", "greet.py", instance, outputs=["greeting"])
    p.processing(
        "Copy", "copy.py", instance, inputs={"files": greet["greeting"]}, image="xgboost"
    )  # fmt: skip
    return p
