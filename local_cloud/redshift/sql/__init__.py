"""Redshift's SQL: read, checked against privileges, translated to DuckDB and carried out."""
