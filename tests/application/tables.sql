-- The tables of the fixed pipelines. The migrations create the roles.
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
GRANT SELECT ON TABLE demand, demand_wanted TO ROLE pipeline_readers;
GRANT SELECT, INSERT, DELETE ON TABLE demand_predictions TO ROLE prediction_writers;
COPY demand FROM 's3://${LakeBucket}/incoming/demand/rows.csv' IAM_ROLE '${WarehouseRoleArn}' CSV;
CREATE EXTERNAL SCHEMA files_lake
FROM DATA CATALOG DATABASE '${CatalogDatabaseName}'
IAM_ROLE '${WarehouseRoleArn}';
INSERT INTO demand_wanted SELECT CAST(id AS INTEGER), CAST(size AS INTEGER) FROM files_lake.wanted;
