"""The columns of adult.csv in the published order, and the values that the dictionary allows."""

from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.schema import INTEGER, Column, Schema, choice

TARGET = "income"
HIGH, LOW = ">50K", "<=50K"
UNKNOWN = "?"
# In ascending order; education.num is the rank in this order, from 1 to 16.
EDUCATION = (
    *("Preschool", "1st-4th", "5th-6th", "7th-8th", "9th", "10th", "11th", "12th", "HS-grad"),
    *("Some-college", "Assoc-voc", "Assoc-acdm", "Bachelors", "Masters", "Prof-school"),
    "Doctorate",
)
# Source: adult.names of the UCI repository; `?`, which the file contains, is a separate value.
CATEGORIES = {
    "workclass": (
        *(UNKNOWN, "Federal-gov", "Local-gov", "Never-worked", "Private", "Self-emp-inc"),
        *("Self-emp-not-inc", "State-gov", "Without-pay"),
    ),
    "marital.status": (
        *("Divorced", "Married-AF-spouse", "Married-civ-spouse", "Married-spouse-absent"),
        *("Never-married", "Separated", "Widowed"),
    ),
    "occupation": (
        *(UNKNOWN, "Adm-clerical", "Armed-Forces", "Craft-repair", "Exec-managerial"),
        *("Farming-fishing", "Handlers-cleaners", "Machine-op-inspct", "Other-service"),
        *("Priv-house-serv", "Prof-specialty", "Protective-serv", "Sales", "Tech-support"),
        "Transport-moving",
    ),
    "relationship": (
        *("Husband", "Not-in-family", "Other-relative", "Own-child", "Unmarried", "Wife"),
    ),
    "race": ("Amer-Indian-Eskimo", "Asian-Pac-Islander", "Black", "Other", "White"),
    "sex": ("Female", "Male"),
    "native.country": (
        *(UNKNOWN, "Cambodia", "Canada", "China", "Columbia", "Cuba", "Dominican-Republic"),
        *("Ecuador", "El-Salvador", "England", "France", "Germany", "Greece", "Guatemala"),
        *("Haiti", "Holand-Netherlands", "Honduras", "Hong", "Hungary", "India", "Iran"),
        *("Ireland", "Italy", "Jamaica", "Japan", "Laos", "Mexico", "Nicaragua"),
        *("Outlying-US(Guam-USVI-etc)", "Peru", "Philippines", "Poland", "Portugal"),
        *("Puerto-Rico", "Scotland", "South", "Taiwan", "Thailand", "Trinadad&Tobago"),
        *("United-States", "Vietnam", "Yugoslavia"),
    ),
}
SCHEMA = Schema(
    (
        Column("age", INTEGER),
        Column("workclass", choice(*CATEGORIES["workclass"])),
        Column("fnlwgt", INTEGER),
        Column("education", choice(*EDUCATION)),
        Column("education.num", INTEGER),
        Column("marital.status", choice(*CATEGORIES["marital.status"])),
        Column("occupation", choice(*CATEGORIES["occupation"])),
        Column("relationship", choice(*CATEGORIES["relationship"])),
        Column("race", choice(*CATEGORIES["race"])),
        Column("sex", choice(*CATEGORIES["sex"])),
        Column("capital.gain", INTEGER),
        Column("capital.loss", INTEGER),
        Column("hours.per.week", INTEGER),
        Column("native.country", choice(*CATEGORIES["native.country"])),
        Column(TARGET, choice(LOW, HIGH)),
    )
)
DATASET = Dataset(SCHEMA, TARGET, positive=HIGH)
