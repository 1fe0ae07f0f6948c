-- The approved model of the pipeline as a function of raw calls: the endpoint answers.
CREATE MODEL bank.subscription_endpoint
FUNCTION predict_subscription_remote (
  INT, VARCHAR(20), VARCHAR(20), VARCHAR(30), VARCHAR(20), VARCHAR(20), VARCHAR(20), VARCHAR(20),
  VARCHAR(3), VARCHAR(3), VARCHAR(20), INT, INT, INT
)
RETURNS FLOAT8
SAGEMAKER '${EndpointName}'
IAM_ROLE '${MachineLearningRoleArn}'
