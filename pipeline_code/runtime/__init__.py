"""What every pipeline's jobs share inside their containers; imports only what the images hold."""
