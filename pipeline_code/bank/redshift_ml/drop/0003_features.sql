DROP VIEW IF EXISTS bank.redshift_ml_calls
