"""Statements of Athena: Trino's queries and Hive's definitions of tables."""
