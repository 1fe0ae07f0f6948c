"""Objects in S3 that queries read and write."""
