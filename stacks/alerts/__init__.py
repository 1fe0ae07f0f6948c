"""The alert topic, and the rules, queues and alarms that publish to it."""
