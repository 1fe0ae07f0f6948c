"""Redshift's SQL: parses statements, checks privileges, translates to DuckDB and runs them."""
