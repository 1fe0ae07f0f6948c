"""The description of an existing warehouse: tables.sql and statistics.json, without any row."""
