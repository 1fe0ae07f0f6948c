SELECT
    v.venueid,
    m.changed,
    v.venuename AS name,
    v.venuecity AS city,
    v.venuestate AS state,
    v.venueseats AS seats,
    COUNT(sold.eventid) AS events,
    COALESCE(SUM(sold.tickets), 0) AS tickets
FROM venue v
CROSS JOIN (
    SELECT DISTINCT CAST(DATE_TRUNC('month', caldate) AS DATE) AS changed
    FROM date
    WHERE caldate BETWEEN CAST(:first_day AS DATE) AND CAST(:last_day AS DATE)
) m
LEFT JOIN (
    SELECT e.eventid, e.venueid, d.caldate, SUM(s.qtysold) AS tickets
    FROM event e
    JOIN date d ON d.dateid = e.dateid
    JOIN sales s ON s.eventid = e.eventid
    GROUP BY e.eventid, e.venueid, d.caldate
) sold
    ON sold.venueid = v.venueid
    AND sold.caldate < m.changed
    AND sold.caldate >= DATEADD(day, -90, m.changed)
GROUP BY v.venueid, m.changed, v.venuename, v.venuecity, v.venuestate, v.venueseats
