"""The kinds of predictions. A further kind is a file with its `PROBLEM`, and a line here."""

from pipeline_code.runtime import (
    binary_problem,
    multiclass_problem,
    multioutput_problem,
    regression_problem,
)
from pipeline_code.runtime.dataset import Dataset
from pipeline_code.runtime.problem import Problem

PROBLEMS = (
    binary_problem.PROBLEM,
    multiclass_problem.PROBLEM,
    multioutput_problem.PROBLEM,
    regression_problem.PROBLEM,
)


def problem_of(dataset: Dataset) -> Problem:
    """Return the kind of prediction of a data set."""
    return next(problem for problem in PROBLEMS if problem.fits(dataset))
