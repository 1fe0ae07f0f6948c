"""The warehouse's schema as numbered migrations, and the loader of its sample data."""
