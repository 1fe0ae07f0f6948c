"""The command that writes the report of an execution."""
