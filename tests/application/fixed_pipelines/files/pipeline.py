"""The definition of `files`: a copy of files and two searches, with an additional tag."""

from pipeline_code.workflow import Pipeline, integer


def pipeline() -> Pipeline:
    """Files of the lake → files of this execution, and the best of two models, twice."""
    p = Pipeline(__file__, image="sklearn", tags={"DATASET": "wanted"})
    p.processing(
        "Copy",
        "copy.py",
        p.instance("Processing", "ml.t3.medium"),
        inputs={"files": p.lake("incoming", p.name, "wanted", "")},
        outputs=["files"],
        kept=True,
    )
    p.tuning(
        "Tune",
        p.instance("Training", "ml.m5.large"),
        image="xgboost",
        channels={name: p.lake("incoming", p.name, "rows", "") for name in ("train", "validation")},
        content_type="text/csv",
        hyperparameters={"num_round": "2", "objective": "reg:squarederror"},
        ranges=[integer("max_depth", 1, 4)],
        objective="validation:rmse",
        goal="Minimize",
        jobs=2,
        seed=1,
    )
    p.automl("Search", rows=p.lake("incoming", p.name, "named", ""), target="y", candidates=1)
    return p
