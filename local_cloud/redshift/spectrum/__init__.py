"""External schemas: queries of tables in the Glue catalogue whose rows are in S3."""
