SELECT id, size, price, ordered_at, is_gift, sold
FROM orders
WHERE ordered_at < timestamptz '2009-01-01 00:00:00+00';
