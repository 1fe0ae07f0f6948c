"""The definition of `imaged`: a step in an image of the user, which a Dockerfile describes."""

from pipeline_code.workflow import Environment, Pipeline


def pipeline() -> Pipeline:
    """A step that reads nothing."""
    p = Pipeline(__file__, image=Environment("TrainerImageUri"))
    instance = p.instance("Processing", "ml.t3.medium")
    p.processing("Greet", "greet.py", instance, outputs=["greeting"])
    return p
