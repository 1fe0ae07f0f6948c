-- What the pipeline tickit-batch predicts: one row for each group of events, execution and model.
-- Joined with the days, and filled in the order of time, so that it is sorted as it grows.

CREATE TABLE tickit_predictions (
  execution_id VARCHAR(64) NOT NULL,
  model_package_arn VARCHAR(256) NOT NULL,
  scored_at TIMESTAMP NOT NULL,
  dateid SMALLINT NOT NULL,
  venueid SMALLINT NOT NULL,
  catid SMALLINT NOT NULL,
  caldate DATE NOT NULL,
  holiday BOOLEAN NOT NULL,
  events INTEGER NOT NULL,
  predicted_tickets DOUBLE PRECISION NOT NULL
)
DISTKEY (dateid)
COMPOUND SORTKEY (scored_at, execution_id);

-- Who loads predictions may write tables of predictions and read no other: a cluster gives the
-- role to the user below, a serverless warehouse to an IAM role that carries it in its tag.
CREATE ROLE prediction_writers;

GRANT USAGE ON SCHEMA public TO ROLE prediction_writers;

GRANT SELECT, INSERT, DELETE ON TABLE tickit_predictions TO ROLE prediction_writers;

CREATE USER prediction_writer PASSWORD DISABLE;

GRANT ROLE prediction_writers TO prediction_writer;
