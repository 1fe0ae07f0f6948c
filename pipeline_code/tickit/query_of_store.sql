SELECT
    tickets AS total_sold,
    venueid,
    catid,
    CAST(day AS date) AS caldate,
    holiday = 1 AS holiday,
    events,
    COALESCE(venue_seats, 0) AS venue_seats,
    COALESCE(venue_events, 0) AS venue_events,
    COALESCE(venue_tickets, 0) AS venue_tickets
FROM (
WITH "group_0" AS (SELECT * FROM (
  SELECT d.requested_id, d.requested_time, f."seats", f."events", f."tickets", f.is_deleted AS deleted_record, row_number() OVER (PARTITION BY d.requested_id, d.requested_time ORDER BY CAST(from_iso8601_timestamp(f."changed") AT TIME ZONE 'UTC' AS timestamp) DESC, f.write_time DESC, f.api_invocation_time DESC, f.is_deleted DESC) AS record_age
  FROM (SELECT DISTINCT "venueid" AS requested_id, "day" AS requested_time FROM (SELECT l."venueid", l."catid", l."holiday", l."events", l."tickets", CAST(from_iso8601_timestamp(l."day") AT TIME ZONE 'UTC' AS timestamp) AS "day" FROM (
  SELECT f.*, row_number() OVER (PARTITION BY f."id" ORDER BY CAST(from_iso8601_timestamp(f."known") AT TIME ZONE 'UTC' AS timestamp) DESC, f.write_time DESC, f.api_invocation_time DESC, f.is_deleted DESC) AS request_age FROM "sales_by_day" f
) l WHERE l.request_age = 1 AND NOT l.is_deleted)) d JOIN "venues" f ON f."venueid" = d.requested_id
  WHERE CAST(from_iso8601_timestamp(f."changed") AT TIME ZONE 'UTC' AS timestamp) <= d.requested_time
) known WHERE record_age = 1 AND NOT deleted_record)
SELECT r."venueid", r."catid", r."day", r."holiday", r."events", r."tickets", "group_0"."seats" AS "venue_seats", "group_0"."events" AS "venue_events", "group_0"."tickets" AS "venue_tickets"
FROM (SELECT l."venueid", l."catid", l."holiday", l."events", l."tickets", CAST(from_iso8601_timestamp(l."day") AT TIME ZONE 'UTC' AS timestamp) AS "day" FROM (
  SELECT f.*, row_number() OVER (PARTITION BY f."id" ORDER BY CAST(from_iso8601_timestamp(f."known") AT TIME ZONE 'UTC' AS timestamp) DESC, f.write_time DESC, f.api_invocation_time DESC, f.is_deleted DESC) AS request_age FROM "sales_by_day" f
) l WHERE l.request_age = 1 AND NOT l.is_deleted) r
LEFT JOIN "group_0" ON "group_0".requested_id = r."venueid" AND "group_0".requested_time = r."day"
)
