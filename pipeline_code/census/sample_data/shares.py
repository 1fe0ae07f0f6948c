"""Shares of the values of each column in percent, similar to those of the published file."""

import numpy as np

# From Preschool to Doctorate.
EDUCATION_SHARES = np.array(
    [0.2, 0.5, 1.0, 2.0, 1.6, 2.9, 3.6, 1.3, 32.2, 22.4, 4.2, 3.3, 16.4, 5.3, 1.8, 1.3]
)
WORKCLASS = {
    "Private": 73.9,
    "Self-emp-not-inc": 8.3,
    "Local-gov": 6.8,
    "State-gov": 4.2,
    "Self-emp-inc": 3.6,
    "Federal-gov": 3.1,
    "Without-pay": 0.05,
    "Never-worked": 0.02,
}
OCCUPATION = {
    "Craft-repair": 14.5,
    "Adm-clerical": 13.0,
    "Exec-managerial": 10.5,
    "Sales": 10.5,
    "Prof-specialty": 9.5,
    "Other-service": 12.0,
    "Machine-op-inspct": 7.5,
    "?": 5.7,
    "Transport-moving": 5.8,
    "Handlers-cleaners": 5.0,
    "Farming-fishing": 3.5,
    "Tech-support": 2.5,
    "Protective-serv": 1.8,
    "Priv-house-serv": 0.5,
    "Armed-Forces": 0.03,
}
# Shares for people who were married and live without their spouse.
SINGLE = {
    "Divorced": 74.0,
    "Separated": 17.0,
    "Married-spouse-absent": 7.0,
    "Widowed": 1.6,
    "Married-AF-spouse": 0.4,
}
RACE = {
    "White": 85.4,
    "Black": 9.6,
    "Asian-Pac-Islander": 3.2,
    "Amer-Indian-Eskimo": 1.0,
    "Other": 0.8,
}
COUNTRY = (
    {"United-States": 89.6, "Mexico": 2.0, "?": 1.8, "Philippines": 0.6}
    | dict.fromkeys(
        ("Germany", "Canada", "Puerto-Rico", "El-Salvador", "India", "Cuba", "England"), 0.33
    )
    | dict.fromkeys(
        ("Jamaica", "South", "China", "Italy", "Dominican-Republic", "Vietnam", "Guatemala"), 0.22
    )
    | dict.fromkeys(
        ("Japan", "Poland", "Columbia", "Taiwan", "Haiti", "Iran", "Portugal", "Nicaragua"), 0.14
    )
    | dict.fromkeys(
        ("Peru", "Greece", "France", "Ecuador", "Ireland", "Hong", "Cambodia", "Trinadad&Tobago"),
        0.07,
    )
    | dict.fromkeys(
        ("Laos", "Thailand", "Yugoslavia", "Outlying-US(Guam-USVI-etc)", "Honduras", "Hungary"),
        0.05,
    )
    | {"Scotland": 0.04, "Holand-Netherlands": 0.003}
)
