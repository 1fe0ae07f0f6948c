"""Real-time endpoints: configurations, deployments, traffic, capture, metrics and scaling."""
