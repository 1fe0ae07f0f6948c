"""The media types that the toolkit names. Source: sagemaker_inference.content_types."""

JSON = "application/json"
CSV = "text/csv"
ANY = "*/*"
# Bodies of these types come to input_fn as text.
UTF8_TYPES = [JSON, CSV]
