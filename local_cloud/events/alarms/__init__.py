"""CloudWatch alarms on the laptop: evaluated when metrics arrive and by the clock."""
