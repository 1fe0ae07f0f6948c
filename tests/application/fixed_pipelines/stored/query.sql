WITH recent AS (SELECT page, visits FROM visits WHERE day >= '2024-01-01T00:00:00Z')
SELECT page, visits FROM recent
