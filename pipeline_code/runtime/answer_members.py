"""The members of the JSON object of a prediction, besides those with the names of the targets."""

# The columns of a row that are outside the training rows.
OUTSIDE = "outside_training"
# What each column adds to the prediction.
EXPLANATION = "explanation"
# The probability of `positive`, and that of each of the `classes`.
PROBABILITY, PROBABILITIES = "probability", "probabilities"
