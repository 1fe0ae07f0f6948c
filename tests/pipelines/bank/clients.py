"""Rows of requests to the model of bank."""

CLIENT = {
    "age": 30,
    "job": "student",
    "marital": "single",
    "education": "high.school",
    "credit_default": "no",
    "housing": "yes",
    "loan": "no",
    "contact": "cellular",
    "month": "mar",
    "day_of_week": "mon",
    "poutcome": "success",
    "campaign": 1,
    "pdays": 3,
    "previous": 2,
}
OTHER = CLIENT | {
    "job": "blue-collar",
    "month": "may",
    "contact": "telephone",
    "poutcome": "nonexistent",
    "pdays": 999,
    "previous": 0,
}
ECONOMY = {
    "emp_var_rate": -1.8,
    "cons_price_idx": 92.893,
    "cons_conf_idx": -46.2,
    "euribor3m": 1.313,
    "nr_employed": 5099.1,
}
