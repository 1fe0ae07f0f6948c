-- Pipelines may read only the tables that their queries read. The table users contains personal
-- data: names, e-mail addresses and phone numbers.

REVOKE SELECT ON TABLE users, venue, category, listing FROM ROLE pipeline_readers;
