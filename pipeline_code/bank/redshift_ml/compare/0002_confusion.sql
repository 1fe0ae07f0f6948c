-- The confusion matrix on the test rows: a client is predicted to subscribe from a probability of
-- 0.25, about twice the share of subscribers.
SELECT actual, predicted, COUNT(*) AS calls
FROM (
  SELECT CASE WHEN subscribed = 1 THEN 'yes' ELSE 'no' END AS actual,
         CASE WHEN bank.predict_subscription(
                age, job, marital, education, credit_default, housing, loan, contact, month,
                day_of_week, campaign, pdays, previous, poutcome
              ) >= 0.25 THEN 'yes' ELSE 'no' END AS predicted
  FROM bank.redshift_ml_calls
  WHERE is_test
)
GROUP BY actual, predicted
ORDER BY actual, predicted
