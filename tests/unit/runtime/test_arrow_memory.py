import sys

import pytest

from pipeline_code.runtime.arrow_memory import arrow_file


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n"])
def test_the_file_has_the_content(content):
    assert arrow_file(content).read() == content


def test_the_file_does_not_refer_to_memory_of_python():
    content = bytes(1000)
    references = sys.getrefcount(content)
    file = arrow_file(content)
    assert file.size() == 1000
    assert sys.getrefcount(content) == references
