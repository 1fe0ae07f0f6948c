"""The API of Athena: query executions and workgroups."""
