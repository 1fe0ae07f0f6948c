"""The VPC: its subnets, its endpoints and where jobs join it."""
