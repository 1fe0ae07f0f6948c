"""tickit-batch: predicts daily how many tickets future events will sell."""

from pipeline_code.workflow import Pipeline

TABLE = "tickit_predictions"
# The query's columns, and what the transform job appends: the prediction, and the columns of the
# row that are outside the training rows of the model.
COLUMNS = (
    *("dateid", "venueid", "catid", "caldate", "holiday", "events"),
    *("predicted_tickets", "outside_training"),
)


def pipeline() -> Pipeline:
    """Future events + approved model → predictions in the lake → predictions in the warehouse."""
    p = Pipeline(__file__)
    instances = p.instances("Transform", "ml.m5.large")
    # Days as YYYY-MM-DD, or one of these words; `horizon` is HorizonDays after the first day.
    period = {
        "first_day": p.parameter("FirstDay", "today"),
        "last_day": p.parameter("LastDay", "horizon"),
        "horizon_days": p.parameter("HorizonDays", 30),
    }
    extract = p.extract(
        "Extract",
        "query.sql",
        values=period,
        output_format="CSV_WITHOUT_HEADER",
        rows_required=False,
    )
    latest = p.latest_model("LatestModel", required=False, outside_training="column")
    model = p.create_model("CreateModel", latest)
    transform = p.transform(
        "Transform",
        model,
        extract,
        instances,
        compression_type="Gzip",
        input_filter="$[1:]",  # the model does not receive the first column, the key …
        join_source="Input",  # … and the prediction is appended to the whole row
        tags={"ModelPackage": latest.arn},
    )
    load = p.load_predictions(
        "LoadPredictions",
        transform.predictions,
        rows=extract["rows"],
        model=latest,
        table=TABLE,
        columns=COLUMNS,
    )
    # Without an approved model or future events there is nothing to predict: the run succeeds.
    p.gate("HasWork", [latest.found, extract.found], accept=[model, transform, load])
    return p
