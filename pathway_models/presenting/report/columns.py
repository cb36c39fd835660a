"""How wide the columns of a table are: by what they hold, the same in every format."""

from __future__ import annotations

from collections.abc import Sequence
from unicodedata import east_asian_width

#: Characters (a Chinese one counts twice) that a column is given at least, and beyond which a cell asks for no more.
LEAST, MOST = 9, 44


def wide(text: str) -> int:
    """Places a text takes; a Chinese character takes two."""
    return sum(2 if east_asian_width(sign) in "WF" else 1 for sign in text)


def shares_of(rows: Sequence[Sequence[str]]) -> list[float]:
    """Share of the width that each column gets.

    Parameters
    ----------
    rows : sequence of sequence of str
        The head first.

    Returns
    -------
    list of float
        They sum to one.

    Examples
    --------
    >>> shares_of([("a", "b"), ("12345", "12345")])
    [0.5, 0.5]
    """
    asked = [_asked(column) for column in zip(*rows, strict=True)]
    return [one / sum(asked) for one in asked]


def _asked(column: Sequence[str]) -> float:
    """What a column asks for: its longest cell, less than in proportion, but its longest word whole."""
    longest = min(max(wide(text) for text in column), MOST)
    word = max((wide(part) for text in column for part in text.split() if part.isascii()), default=0)
    # The root keeps a column of sentences from squeezing columns of numbers.
    return max(LEAST, min(word, 14) + 2, longest**0.75 * 1.6)
