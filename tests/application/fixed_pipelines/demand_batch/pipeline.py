"""The definition of `demand-batch`: rows and an approved model become a table's predictions."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """Rows of the warehouse + approved model → predictions in the warehouse."""
    p = Pipeline(__file__)
    extract = p.extract("Extract", "query.sql", output_format="CSV_WITHOUT_HEADER")
    latest = p.latest_model("LatestModel")
    model = p.create_model("CreateModel", latest)
    transform = p.transform(
        "Transform",
        model,
        extract,
        p.instance("Transform", "ml.m5.large"),
        compression_type="Gzip",
        input_filter="$[1:]",
        join_source="Input",
    )
    p.load_predictions(
        "LoadPredictions",
        transform.predictions,
        rows=extract["rows"],
        model=latest,
        table="demand_predictions",
        columns=("id", "size", "predicted"),
    )
    return p
