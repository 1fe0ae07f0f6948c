"""Whose disadvantage is measured: in the test rows, and in requests with labels."""

from pipeline_code.census.encoder import ENCODER
from pipeline_code.runtime.bias_report import BiasConfig, Facet

# The differences in the published data: 10.9 % of the women and 30.6 % of the men have a high
# income, and 12.4 % of the black and 25.3 % of all other persons.
BIAS = BiasConfig(
    facets=(Facet("sex", "Female", known=0.196), Facet("race", "Black", known=0.129)),
    group="occupation",
    features=ENCODER.encoded_columns,
)
