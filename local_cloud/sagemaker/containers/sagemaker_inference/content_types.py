"""The media types of the toolkit. Source: sagemaker_inference.content_types."""

JSON = "application/json"
CSV = "text/csv"
ANY = "*/*"
# Bodies of these types are passed to input_fn as text.
UTF8_TYPES = [JSON, CSV]
