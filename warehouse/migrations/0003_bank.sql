-- The calls of the bank's campaigns, filled from the lake through an external schema (load.sql of
-- the pipeline). Every call is kept, equal ones too, so there is no key.

CREATE SCHEMA bank;

CREATE TABLE bank.calls (
  age SMALLINT NOT NULL,
  job VARCHAR(20) NOT NULL,
  marital VARCHAR(20) NOT NULL,
  education VARCHAR(30) NOT NULL,
  credit_default VARCHAR(20) NOT NULL,
  housing VARCHAR(20) NOT NULL,
  loan VARCHAR(20) NOT NULL,
  contact VARCHAR(20) NOT NULL,
  month CHAR(3) NOT NULL,
  day_of_week CHAR(3) NOT NULL,
  duration INTEGER NOT NULL,
  campaign SMALLINT NOT NULL,
  pdays SMALLINT NOT NULL,
  previous SMALLINT NOT NULL,
  poutcome VARCHAR(20) NOT NULL,
  emp_var_rate DECIMAL(4,1) NOT NULL,
  cons_price_idx DECIMAL(6,3) NOT NULL,
  cons_conf_idx DECIMAL(4,1) NOT NULL,
  euribor3m DECIMAL(5,3) NOT NULL,
  nr_employed DECIMAL(6,1) NOT NULL,
  y VARCHAR(3) NOT NULL
)
DISTSTYLE EVEN;

GRANT USAGE ON SCHEMA bank TO pipeline_reader;

GRANT SELECT ON TABLE bank.calls TO pipeline_reader;
