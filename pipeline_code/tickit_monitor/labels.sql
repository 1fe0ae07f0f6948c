-- The tickets sold per day, venue and category. A client that asks for a prediction sends this ID as
-- InferenceId. Past days have labels.
SELECT e.dateid || '-' || e.venueid || '-' || e.catid AS id, SUM(s.qtysold) AS label
FROM sales s
JOIN event e ON s.eventid = e.eventid
GROUP BY e.dateid, e.venueid, e.catid
