"""Tables of the Glue catalogue whose rows are objects in S3, for Redshift and Athena."""
