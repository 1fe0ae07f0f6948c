"""The system tables and views that a database has: a module for each kind, ending in TABLES."""
