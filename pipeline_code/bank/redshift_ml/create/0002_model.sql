-- The score of reg:logistic is a probability. The settings are those of the pipeline's own model,
-- as far as Redshift ML has them.
CREATE MODEL bank.subscription
FROM (
  SELECT age, job, marital, education, credit_default, housing, loan, contact, month, day_of_week,
         campaign, pdays, previous, poutcome, subscribed
  FROM bank.redshift_ml_calls
  WHERE NOT is_test
)
TARGET subscribed
FUNCTION predict_subscription
IAM_ROLE '${MachineLearningRoleArn}'
AUTO OFF
MODEL_TYPE XGBOOST
OBJECTIVE 'reg:logistic'
PREPROCESSORS 'none'
HYPERPARAMETERS DEFAULT EXCEPT (NUM_ROUND '150', ETA '0.05', MAX_DEPTH '4', SUBSAMPLE '0.8')
SETTINGS (S3_BUCKET '${MachineLearningBucketName}', MAX_CELLS 1000000, MAX_RUNTIME 3600)
