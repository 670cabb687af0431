"""Items come in order, one is made ahead, and errors and ends come out where they belong."""

import threading
from collections.abc import Iterator

import pytest

from aestream_snn.data.ahead import one_ahead


def counted(made: list[int], condition: threading.Condition, end: int) -> Iterator[int]:
    for number in range(end):
        with condition:
            made.append(number)
            condition.notify()
        yield number


def test_items_keep_their_order_and_number():
    assert list(one_ahead(iter(range(100)))) == list(range(100))
    assert list(one_ahead(iter(()))) == []
    assert list(one_ahead(iter([0, None, ()]))) == [0, None, ()]


def test_one_item_is_made_while_another_is_used_and_no_more():
    made, condition = list[int](), threading.Condition()
    ahead = one_ahead(counted(made, condition, 10))
    assert next(ahead) == 0
    with condition:
        assert condition.wait_for(lambda: made == [0, 1], timeout=10)
    ahead.close()
    assert made == [0, 1]


def test_an_error_comes_out_where_its_item_would_have():
    def failing() -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    ahead = one_ahead(failing())
    assert next(ahead) == 1
    with pytest.raises(ValueError, match="the second"):
        next(ahead)
