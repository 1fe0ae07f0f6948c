"""What an execution of a pipeline did, as the APIs of SageMaker tell it.

The client and the report of a run use this package. It is deployed with the function that writes
reports, so it imports only the standard library, boto3 and itself.
"""
