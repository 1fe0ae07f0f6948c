-- What the pipelines may read is a role: a cluster gives it to the user pipeline_reader, and a
-- serverless warehouse to every IAM role that carries it in its tag RedshiftDbRoles.

CREATE ROLE pipeline_readers;

GRANT USAGE ON SCHEMA public, bank TO ROLE pipeline_readers;

GRANT SELECT ON TABLE users, venue, category, date, event, listing, sales, bank.calls
TO ROLE pipeline_readers;

GRANT ROLE pipeline_readers TO pipeline_reader;

REVOKE SELECT ON TABLE users, venue, category, date, event, listing, sales, bank.calls
FROM pipeline_reader;

REVOKE USAGE ON SCHEMA public, bank FROM pipeline_reader;
