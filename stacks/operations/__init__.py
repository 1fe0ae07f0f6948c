"""What people use to operate an environment: policies for them, and a dashboard."""
