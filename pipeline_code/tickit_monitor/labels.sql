-- The tickets sold per day, venue and category. A client that asks for a prediction sends this ID as
-- InferenceId, and it is the key of a row of tickit-batch. Only past days have labels: the sales of
-- a later day are not final.
SELECT e.dateid || '-' || e.venueid || '-' || e.catid AS id, SUM(s.qtysold) AS label
FROM sales s
JOIN event e ON s.eventid = e.eventid
JOIN date d ON d.dateid = e.dateid
WHERE d.caldate < CURRENT_DATE
GROUP BY e.dateid, e.venueid, e.catid
