"""The VPC: its subnets, its endpoints and the network of jobs."""
