SELECT size, sold, CAST(DATEADD(day, size, DATE '2024-01-01') AS DATE) AS sold_on FROM demand
