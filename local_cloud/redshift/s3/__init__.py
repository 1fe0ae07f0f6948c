"""COPY and UNLOAD: rows from files in S3 and rows to files in S3."""
