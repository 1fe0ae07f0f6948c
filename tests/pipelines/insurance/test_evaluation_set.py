"""The evaluation set is joined from its two files, and an incomplete one is refused."""

import numpy as np
import pytest

from pipeline_code.insurance.evaluation_set import CUSTOMERS, TARGETS, read_evaluation_set
from pipeline_code.runtime.job_errors import DataError


@pytest.fixture
def write(tmp_path, codes):
    """Return a function that writes rows of the two files, with the published line ends."""

    def run(customers, buyers):
        for name, rows in ((CUSTOMERS, customers), (TARGETS, buyers)):
            if rows is not None:
                lines = ("\t".join(map(str, row)) + "\r\n" for row in rows)
                (tmp_path / name).write_bytes("".join(lines).encode())
        return tmp_path

    return run


def test_customers_and_their_answers_are_joined(write, codes):
    folder = write(codes[:50, :-1], codes[:50, -1:])
    table = read_evaluation_set(folder)
    assert np.array_equal(np.column_stack([column.to_numpy() for column in table]), codes[:50])


def test_a_folder_may_have_no_evaluation_set(write):
    assert read_evaluation_set(write(None, None)) is None


@pytest.mark.parametrize(
    ("customers", "buyers", "message"),
    [
        (50, None, "ticeval2000.txt has 50 lines, tictgts2000.txt is missing"),
        (None, 50, "ticeval2000.txt is missing, tictgts2000.txt has 50 lines"),
        (50, 49, "ticeval2000.txt has 50 lines, tictgts2000.txt has 49 lines"),
    ],
)
def test_an_incomplete_evaluation_set_is_refused(write, codes, customers, buyers, message):
    folder = write(
        None if customers is None else codes[:customers, :-1],
        None if buyers is None else codes[:buyers, -1:],
    )
    with pytest.raises(DataError, match=message):
        read_evaluation_set(folder)


def test_a_row_that_is_not_in_the_dictionary_is_refused(write, codes):
    changed = codes[:50, :-1].copy()
    changed[3, 0] = 99
    with pytest.raises(DataError, match=r"1 rows of .* First: ticeval2000.txt, line 4, column MOS"):
        read_evaluation_set(write(changed, codes[:50, -1:]))
