WITH wanted AS (SELECT size, sold FROM demand WHERE size >= CAST(:least_size AS INTEGER))
SELECT a.size, SUM(a.sold + b.sold + c.sold + d.sold + e.sold + f.sold + g.sold) AS total
FROM wanted a, wanted b, wanted c, wanted d, wanted e, wanted f, wanted g
GROUP BY a.size
