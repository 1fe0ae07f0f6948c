"""The network of jobs and models: which requests leave a VPC, and through which endpoint."""
