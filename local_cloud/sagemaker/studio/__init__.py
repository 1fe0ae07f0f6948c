"""Studio domains with their user profiles, spaces, apps and lifecycle configurations."""
