SELECT e.eventid, l.listed, e.venueid, e.catid, d.caldate AS day, e.eventname AS name, e.starttime AS starts
FROM event e
JOIN date d ON d.dateid = e.dateid
JOIN (
    SELECT eventid, MIN(listtime) AS listed
    FROM listing
    GROUP BY eventid
) l ON l.eventid = e.eventid
WHERE d.caldate BETWEEN CAST(:first_day AS DATE) AND CAST(:last_day AS DATE)
