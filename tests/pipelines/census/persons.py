"""Rows of requests to the model of census."""

PERSON = {
    "age": 45,
    "workclass": "Private",
    "education": "Doctorate",
    "marital.status": "Married-civ-spouse",
    "occupation": "Exec-managerial",
    "relationship": "Husband",
    "race": "White",
    "sex": "Male",
    "capital.gain": 0,
    "capital.loss": 0,
    "hours.per.week": 50,
    "native.country": "United-States",
}
PUPIL = PERSON | {
    "age": 17,
    "workclass": "?",
    "education": "10th",
    "marital.status": "Never-married",
    "occupation": "?",
    "relationship": "Own-child",
    "hours.per.week": 10,
}
