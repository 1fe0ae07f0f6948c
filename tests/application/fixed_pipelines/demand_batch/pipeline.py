"""The definition of `demand-batch`: batch predictions with the approved model."""

from pipeline_code.workflow import Pipeline


def pipeline() -> Pipeline:
    """Rows of the warehouse + approved model → predictions in the warehouse."""
    p = Pipeline(__file__)
    extract = p.extract(
        "Extract", "query.sql", output_format="CSV_WITHOUT_HEADER", rows_required=False
    )
    latest = p.latest_model("LatestModel", required=False)
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
    load = p.load_predictions(
        "LoadPredictions",
        transform.predictions,
        rows=extract["rows"],
        model=latest,
        table="demand_predictions",
        columns=("id", "size", "predicted"),
    )
    p.gate("HasWork", [latest.found, extract.found], accept=[model, transform, load])
    return p
