"""Make the next batch while the present one is used."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterator[Item]) -> Iterator[Item]:
    """Give the same items in the same order; a thread of its own makes each while the one before is used.

    An error of the maker comes out where its item would have. Making and using share the interpreter, so this gains
    what either spends outside of it.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="one-ahead") as pool:
        upcoming = pool.submit(_next_or_end, items)
        while item := upcoming.result():
            upcoming = pool.submit(_next_or_end, items)
            yield item[0]


def _next_or_end(items: Iterator[Item]) -> tuple[Item] | tuple[()]:
    for item in items:
        return (item,)
    return ()
