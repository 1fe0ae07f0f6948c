-- The calls as numbers: AUTO OFF trains on numeric columns only. A value that is not listed becomes
-- NULL, which XGBoost treats as missing. A hash of the row selects the test rows (a tenth), so
-- equal rows are on the same side.
CREATE OR REPLACE VIEW bank.redshift_ml_calls AS
SELECT
  CASE WHEN y = 'yes' THEN 1.0 ELSE 0.0 END::FLOAT8 AS subscribed,
  age,
  DECODE(job, 'admin.', 1, 'blue-collar', 2, 'entrepreneur', 3, 'housemaid', 4, 'management', 5,
         'retired', 6, 'self-employed', 7, 'services', 8, 'student', 9, 'technician', 10,
         'unemployed', 11) AS job,
  DECODE(marital, 'divorced', 1, 'married', 2, 'single', 3) AS marital,
  DECODE(education, 'illiterate', 0, 'basic.4y', 4, 'basic.6y', 6, 'basic.9y', 9,
         'high.school', 12, 'professional.course', 13, 'university.degree', 16) AS education,
  DECODE(credit_default, 'no', 0, 'yes', 1) AS credit_default,
  DECODE(housing, 'no', 0, 'yes', 1) AS housing,
  DECODE(loan, 'no', 0, 'yes', 1) AS loan,
  DECODE(contact, 'cellular', 0, 'telephone', 1) AS contact,
  DECODE(month, 'jan', 1, 'feb', 2, 'mar', 3, 'apr', 4, 'may', 5, 'jun', 6, 'jul', 7, 'aug', 8,
         'sep', 9, 'oct', 10, 'nov', 11, 'dec', 12) AS month,
  DECODE(day_of_week, 'mon', 1, 'tue', 2, 'wed', 3, 'thu', 4, 'fri', 5) AS day_of_week,
  campaign,
  pdays,
  previous,
  DECODE(poutcome, 'failure', 0, 'nonexistent', 1, 'success', 2) AS poutcome,
  STRTOL(LEFT(MD5(age || job || marital || education || credit_default || housing || loan ||
                  contact || month || day_of_week || duration || campaign || pdays || previous ||
                  poutcome || euribor3m || y), 6), 16) % 10 = 0 AS is_test
FROM bank.calls
