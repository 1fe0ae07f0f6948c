"""The stack of one endpoint: its deployer, the role of its models and its alarms."""
