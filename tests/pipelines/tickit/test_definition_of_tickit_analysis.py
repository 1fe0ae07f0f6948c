"""tickit's definition with the option analysis=rows."""

from tests.unit.analysis_steps import check_analysis


def test_the_option_adds_an_analysis():
    check_analysis(
        "tickit", "AnalyseData", target="total_sold", inputs=["data", "compared"], unchanged="skip"
    )
