SELECT
    planned.venueid || '-' || planned.catid || '-' || d.caldate AS id,
    CAST(DATEADD(day, 1, d.caldate) AS DATE) AS known,
    planned.venueid,
    planned.catid,
    d.caldate AS day,
    CASE WHEN d.holiday THEN 1 ELSE 0 END AS holiday,
    planned.events,
    sold.tickets
FROM (
    SELECT venueid, catid, dateid, COUNT(*) AS events
    FROM event
    GROUP BY venueid, catid, dateid
) planned
JOIN (
    SELECT e.venueid, e.catid, e.dateid, SUM(s.qtysold) AS tickets
    FROM sales s
    JOIN event e ON s.eventid = e.eventid
    GROUP BY e.venueid, e.catid, e.dateid
) sold
    ON sold.venueid = planned.venueid
    AND sold.catid = planned.catid
    AND sold.dateid = planned.dateid
JOIN date d ON d.dateid = planned.dateid
WHERE d.caldate BETWEEN CAST(:first_day AS DATE) AND CAST(:last_day AS DATE)
