-- Fills the tables of the fixed pipelines.
COPY demand FROM 's3://${LakeBucket}/incoming/demand/rows.csv' IAM_ROLE '${WarehouseRoleArn}' CSV;
CREATE EXTERNAL SCHEMA files_lake
FROM DATA CATALOG DATABASE '${CatalogDatabaseName}'
IAM_ROLE '${WarehouseRoleArn}';
INSERT INTO demand_wanted SELECT CAST(id AS INTEGER), CAST(size AS INTEGER) FROM files_lake.wanted;
