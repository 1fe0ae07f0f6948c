"""CloudWatch alarms, which are evaluated each second and when metrics arrive."""
