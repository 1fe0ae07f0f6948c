-- The area under the ROC curve on the test rows: the share of pairs of a subscriber and another
-- client in which the subscriber has the higher score. Equal scores count half.
WITH scored AS (
  SELECT subscribed,
         bank.predict_subscription(
           age, job, marital, education, credit_default, housing, loan, contact, month,
           day_of_week, campaign, pdays, previous, poutcome
         ) AS score
  FROM bank.redshift_ml_calls
  WHERE is_test
),
ranked AS (
  SELECT subscribed,
         RANK() OVER (ORDER BY score) + (COUNT(*) OVER (PARTITION BY score) - 1) / 2.0 AS place
  FROM scored
),
counted AS (
  SELECT SUM(subscribed * place) AS places, SUM(subscribed) AS subscribers,
         SUM(1 - subscribed) AS others
  FROM ranked
)
SELECT (places - subscribers * (subscribers + 1) / 2) / (subscribers * others) AS auc,
       (subscribers + others)::INT AS test_rows
FROM counted
