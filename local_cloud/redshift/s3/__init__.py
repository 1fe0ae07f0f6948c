"""COPY and UNLOAD: load rows from files in S3, and write rows to files in S3."""
