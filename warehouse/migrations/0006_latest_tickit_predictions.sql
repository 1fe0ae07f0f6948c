-- What tickit-batch says of each day now: the rows of the run that predicted the day last, all of
-- them and no other's. Runs overlap by plan, and a schedule may fire twice: sums are over this view.

CREATE VIEW latest_tickit_predictions AS
SELECT
  execution_id,
  model_package_arn,
  scored_at,
  dateid,
  venueid,
  catid,
  caldate,
  holiday,
  events,
  predicted_tickets
FROM tickit_predictions AS predicted -- QUALIFY behind FROM asks for an alias
QUALIFY RANK() OVER (PARTITION BY dateid ORDER BY scored_at DESC, execution_id DESC) = 1;
