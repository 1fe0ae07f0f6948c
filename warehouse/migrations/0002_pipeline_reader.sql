-- The user of the pipelines: no password, only temporary credentials of IAM
-- (GetClusterCredentials), and nothing but reading.

CREATE USER pipeline_reader PASSWORD DISABLE;

-- Redshift lets every user create tables in public unless told otherwise.
REVOKE CREATE ON SCHEMA public FROM PUBLIC;

GRANT USAGE ON SCHEMA public TO pipeline_reader;

GRANT SELECT ON TABLE users, venue, category, date, event, listing, sales TO pipeline_reader;
