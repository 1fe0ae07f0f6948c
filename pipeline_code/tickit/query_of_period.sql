SELECT *
FROM (
{query.sql}
) AS planned_and_sold
WHERE caldate BETWEEN CAST(:first_day AS DATE) AND CAST(:last_day AS DATE)
