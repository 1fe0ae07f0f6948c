-- The tables of the fixed pipelines, a migration after those of the warehouse.
CREATE TABLE demand (size INTEGER NOT NULL, sold INTEGER NOT NULL);
CREATE TABLE demand_wanted (id INTEGER NOT NULL, size INTEGER NOT NULL);
CREATE TABLE demand_predictions (
  execution_id VARCHAR(64) NOT NULL,
  model_package_arn VARCHAR(256) NOT NULL,
  scored_at TIMESTAMP NOT NULL,
  id INTEGER NOT NULL,
  size INTEGER NOT NULL,
  predicted DOUBLE PRECISION NOT NULL
);
GRANT SELECT, INSERT, DELETE ON TABLE demand_predictions TO ROLE prediction_writers;
