"""Model packages, the endpoints that serve them, and decisions about them."""
