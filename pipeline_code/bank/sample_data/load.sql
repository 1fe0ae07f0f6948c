DROP SCHEMA IF EXISTS bank_lake;
CREATE EXTERNAL SCHEMA bank_lake
FROM DATA CATALOG DATABASE '${CatalogDatabaseName}'
IAM_ROLE '${WarehouseRoleArn}';
DELETE FROM bank.calls;
INSERT INTO bank.calls
SELECT
  CAST(age AS SMALLINT),
  job,
  marital,
  education,
  credit_default,
  housing,
  loan,
  contact,
  month,
  day_of_week,
  CAST(duration AS INTEGER),
  CAST(campaign AS SMALLINT),
  CAST(pdays AS SMALLINT),
  CAST(previous AS SMALLINT),
  poutcome,
  CAST(emp_var_rate AS DECIMAL(4,1)),
  CAST(cons_price_idx AS DECIMAL(6,3)),
  CAST(cons_conf_idx AS DECIMAL(4,1)),
  CAST(euribor3m AS DECIMAL(5,3)),
  CAST(nr_employed AS DECIMAL(6,1)),
  y
FROM bank_lake.calls;
