"""The 86 columns of the raw files: their codes, names, meanings and the labels of their values.

Source: dictionary.txt of the data set "Insurance Company Benchmark (COIL 2000)". It defines the
labels; this project defines the readable names.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Domain:
    """The whole numbers from `first` to `last`, with or without labels.

    With `is_flag`, 0 means no and 1 means yes.
    """

    first: int
    last: int
    published: tuple[str, ...] = ()
    is_flag: bool = False

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """One unique label per value: the value is appended to a label that two values have."""
        times = Counter(self.published)
        return tuple(
            label if times[label] == 1 else f"{label} ({value})"
            for value, label in enumerate(self.published, start=self.first)
        )

    @cached_property
    def values(self) -> dict[str, int]:
        """Text in a raw file -> value."""
        return {str(value): value for value in range(self.first, self.last + 1)}


@dataclass(frozen=True)
class Column:
    """One column: its published code, its readable name, its published meaning and its values."""

    code: str
    name: str
    meaning: str
    domain: Domain


SUBTYPES = Domain(
    1,
    41,
    (
        "High Income, expensive child",
        "Very Important Provincials",
        "High status seniors",
        "Affluent senior apartments",
        "Mixed seniors",
        "Career and childcare",
        "Dinki's (double income no kids)",
        "Middle class families",
        "Modern, complete families",
        "Stable family",
        "Family starters",
        "Affluent young families",
        "Young all american family",
        "Junior cosmopolitan",
        "Senior cosmopolitans",
        "Students in apartments",
        "Fresh masters in the city",
        "Single youth",
        "Suburban youth",
        "Etnically diverse",
        "Young urban have-nots",
        "Mixed apartment dwellers",
        "Young and rising",
        "Young, low educated",
        "Young seniors in the city",
        "Own home elderly",
        "Seniors in apartments",
        "Residential elderly",
        "Porchless seniors: no front yard",
        "Religious elderly singles",
        "Low income catholics",
        "Mixed seniors",
        "Lower class large families",
        "Large family, employed child",
        "Village families",
        "Couples with teens 'Married with children'",
        "Mixed small town dwellers",
        "Traditional families",
        "Large religous families",
        "Large family farms",
        "Mixed rurals",
    ),
)
AGES = Domain(
    1, 6, ("20-30 years", "30-40 years", "40-50 years", "50-60 years", "60-70 years", "70-80 years")
)
MAIN_TYPES = Domain(
    1,
    10,
    (
        "Successful hedonists",
        "Driven Growers",
        "Average Family",
        "Career Loners",
        "Living well",
        "Cruising Seniors",
        "Retired and Religeous",
        "Family with grown ups",
        "Conservative families",
        "Farmers",
    ),
)
SHARES = Domain(
    0,
    9,
    (
        "0%",
        "1 - 10%",
        "11 - 23%",
        "24 - 36%",
        "37 - 49%",
        "50 - 62%",
        "63 - 75%",
        "76 - 88%",
        "89 - 99%",
        "100%",
    ),
)
CONTRIBUTIONS = Domain(
    0,
    9,
    (
        "f 0",
        "f 1 - 49",
        "f 50 - 99",
        "f 100 - 199",
        "f 200 - 499",
        "f 500 - 999",
        "f 1000 - 4999",
        "f 5000 - 9999",
        "f 10.000 - 19.999",
        "f 20.000 - ?",
    ),
)
HOUSES = Domain(1, 10)
HOUSEHOLD_SIZES = Domain(1, 6)
# The dictionary lists these two columns among the shares, but their values are ordered classes.
CLASSES = Domain(0, 9)
POLICIES = Domain(0, 12)
TARGET = Domain(0, 1, is_flag=True)

PEOPLE = (
    Column("MOSTYPE", "customer_subtype", "Customer Subtype", SUBTYPES),
    Column("MAANTHUI", "number_of_houses", "Number of houses", HOUSES),
    Column("MGEMOMV", "average_household_size", "Avg size household", HOUSEHOLD_SIZES),
    Column("MGEMLEEF", "average_age", "Avg age", AGES),
    Column("MOSHOOFD", "customer_main_type", "Customer main type", MAIN_TYPES),
    Column("MGODRK", "roman_catholic", "Roman catholic", SHARES),
    Column("MGODPR", "protestant", "Protestant", SHARES),
    Column("MGODOV", "other_religion", "Other religion", SHARES),
    Column("MGODGE", "no_religion", "No religion", SHARES),
    Column("MRELGE", "married", "Married", SHARES),
    Column("MRELSA", "living_together", "Living together", SHARES),
    Column("MRELOV", "other_relation", "Other relation", SHARES),
    Column("MFALLEEN", "singles", "Singles", SHARES),
    Column("MFGEKIND", "household_without_children", "Household without children", SHARES),
    Column("MFWEKIND", "household_with_children", "Household with children", SHARES),
    Column("MOPLHOOG", "high_education", "High level education", SHARES),
    Column("MOPLMIDD", "medium_education", "Medium level education", SHARES),
    Column("MOPLLAAG", "lower_education", "Lower level education", SHARES),
    Column("MBERHOOG", "high_status", "High status", SHARES),
    Column("MBERZELF", "entrepreneur", "Entrepreneur", SHARES),
    Column("MBERBOER", "farmer", "Farmer", SHARES),
    Column("MBERMIDD", "middle_management", "Middle management", SHARES),
    Column("MBERARBG", "skilled_labourers", "Skilled labourers", SHARES),
    Column("MBERARBO", "unskilled_labourers", "Unskilled labourers", SHARES),
    Column("MSKA", "social_class_a", "Social class A", SHARES),
    Column("MSKB1", "social_class_b1", "Social class B1", SHARES),
    Column("MSKB2", "social_class_b2", "Social class B2", SHARES),
    Column("MSKC", "social_class_c", "Social class C", SHARES),
    Column("MSKD", "social_class_d", "Social class D", SHARES),
    Column("MHHUUR", "rented_house", "Rented house", SHARES),
    Column("MHKOOP", "home_owners", "Home owners", SHARES),
    Column("MAUT1", "one_car", "1 car", SHARES),
    Column("MAUT2", "two_cars", "2 cars", SHARES),
    Column("MAUT0", "no_car", "No car", SHARES),
    Column("MZFONDS", "national_health_service", "National Health Service", SHARES),
    Column("MZPART", "private_health_insurance", "Private health insurance", SHARES),
    Column("MINKM30", "income_below_30000", "Income < 30.000", SHARES),
    Column("MINK3045", "income_30000_to_45000", "Income 30-45.000", SHARES),
    Column("MINK4575", "income_45000_to_75000", "Income 45-75.000", SHARES),
    Column("MINK7512", "income_75000_to_122000", "Income 75-122.000", SHARES),
    Column("MINK123M", "income_above_123000", "Income >123.000", SHARES),
    Column("MINKGEM", "average_income_class", "Average income", CLASSES),
    Column("MKOOPKLA", "purchasing_power_class", "Purchasing power class", CLASSES),
)
# Code without its first letter, readable name, meaning. Each product has a contribution (P) and a
# number (A).
PRODUCTS = (
    ("WAPART", "private_third_party", "private third party insurance"),
    ("WABEDR", "firm_third_party", "third party insurance (firms)"),
    ("WALAND", "farm_third_party", "third party insurane (agriculture)"),
    ("PERSAUT", "car", "car policies"),
    ("BESAUT", "delivery_van", "delivery van policies"),
    ("MOTSCO", "motorcycle", "motorcycle/scooter policies"),
    ("VRAAUT", "lorry", "lorry policies"),
    ("AANHANG", "trailer", "trailer policies"),
    ("TRACTOR", "tractor", "tractor policies"),
    ("WERKT", "farm_machine", "agricultural machines policies"),
    ("BROM", "moped", "moped policies"),
    ("LEVEN", "life", "life insurances"),
    ("PERSONG", "private_accident", "private accident insurance policies"),
    ("GEZONG", "family_accident", "family accidents insurance policies"),
    ("WAOREG", "disability", "disability insurance policies"),
    ("BRAND", "fire", "fire policies"),
    ("ZEILPL", "surfboard", "surfboard policies"),
    ("PLEZIER", "boat", "boat policies"),
    ("FIETS", "bicycle", "bicycle policies"),
    ("INBOED", "property", "property insurance policies"),
    ("BYSTAND", "social_security", "social security insurance policies"),
)
COLUMNS = (
    *PEOPLE,
    *(
        Column(f"P{code}", f"contribution_{name}", f"Contribution {meaning}", CONTRIBUTIONS)
        for code, name, meaning in PRODUCTS
    ),
    *(
        Column(f"A{code}", f"policies_{name}", f"Number of {meaning}", POLICIES)
        for code, name, meaning in PRODUCTS
    ),
    Column("CARAVAN", "has_mobile_home_policy", "Number of mobile home policies", TARGET),
)
FIRST_CONTRIBUTION = len(PEOPLE)
FIRST_NUMBER = FIRST_CONTRIBUTION + len(PRODUCTS)
