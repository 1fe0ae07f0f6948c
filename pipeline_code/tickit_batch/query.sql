SELECT d.dateid, planned.venueid, planned.catid, d.caldate, d.holiday, planned.events
FROM (
    SELECT venueid, catid, dateid, COUNT(*) AS events
    FROM event
    GROUP BY venueid, catid, dateid
) planned
JOIN date d ON d.dateid = planned.dateid
CROSS JOIN (
    SELECT COALESCE(CAST(NULLIF(:first_day, 'today') AS DATE), CURRENT_DATE) AS first_day
) period
WHERE d.caldate BETWEEN period.first_day AND COALESCE(
    CAST(NULLIF(:last_day, 'horizon') AS DATE),
    DATEADD(day, CAST(:horizon_days AS INTEGER), period.first_day)
)
