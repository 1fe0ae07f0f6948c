"""The part of the toolkit of the framework images that user code may import."""
