"""The file system of Spark jobs for `s3://` paths: WebHDFS in front of the laptop cloud's S3.

Spark of PyPI has no connector to S3 (hadoop-aws), but has a client of WebHDFS.
https://hadoop.apache.org/docs/r3.3.4/hadoop-project-dist/hadoop-hdfs/WebHDFS.html
"""
