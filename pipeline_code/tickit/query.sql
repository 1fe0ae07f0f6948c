SELECT sold.total_sold, planned.venueid, planned.catid, d.caldate, d.holiday, planned.events
FROM (
    SELECT venueid, catid, dateid, COUNT(*) AS events
    FROM event
    GROUP BY venueid, catid, dateid
) planned
JOIN (
    SELECT e.venueid, e.catid, e.dateid, SUM(s.qtysold) AS total_sold
    FROM sales s
    JOIN event e ON s.eventid = e.eventid
    GROUP BY e.venueid, e.catid, e.dateid
) sold
    ON sold.venueid = planned.venueid
    AND sold.catid = planned.catid
    AND sold.dateid = planned.dateid
JOIN date d ON d.dateid = planned.dateid
