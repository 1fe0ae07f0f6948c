"""What hosting code may import of the toolkit that the framework images hold."""
