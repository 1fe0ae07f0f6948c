"""CloudWatch alarms. They are evaluated every second, and when metrics arrive."""
