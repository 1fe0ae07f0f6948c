"""The variables of a job that name its database, and the folder with its query.

A variable has at most 256 characters, so each value has a variable of its own.
https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateProcessingJob.html
"""

# The folder of a pipeline with the queries of databases, which its jobs read from their archive.
QUERIES = "databases"
LONGEST = 256
NAME = "DATABASE_NAME"
CONNECTOR = "DATABASE_CONNECTOR"
PACKAGE = "DATABASE_PACKAGE"
QUERY = "DATABASE_QUERY"
HOST = "DATABASE_HOST"
PORT = "DATABASE_PORT"
SECRET = "DATABASE_SECRET"


def setting(name: str) -> str:
    """Return the variable with a setting of the connector."""
    return f"DATABASE_SETTING_{name.upper()}"
