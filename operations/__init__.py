"""What people do with a deployed environment, on AWS or on the laptop."""
