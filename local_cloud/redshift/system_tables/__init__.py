"""The system tables and views. Each module ends with the list TABLES."""
