"""The calls of the campaign: a generator of the published file, and the SQL that loads it."""
