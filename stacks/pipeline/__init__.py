"""The stack of one pipeline: roles, definition, registry, schedule and alarms."""
