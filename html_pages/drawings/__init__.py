"""Drawings as inline SVG. Their colours are in style.css, so that they follow the colour scheme."""
