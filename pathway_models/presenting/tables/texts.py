"""Tables of texts: every cell is written already, so that pandas only has to lay them out."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def text_table(rows: Sequence[Sequence[object]], heads: Sequence[str], keys: int = 1) -> pd.DataFrame:
    """Rows under their heads; the first columns name the rows.

    Parameters
    ----------
    rows : sequence of rows
        Texts, as many in each row as there are heads.
    heads : sequence of str
    keys : int
        Number of columns that name a row.

    Notes
    -----
    Columns are of objects: turning texts into the columns of Arrow and back again would take longer than the rest.
    """
    names = pd.Index(list(heads), dtype=object)
    return pd.DataFrame(list(rows), columns=names, dtype=object).set_index(list(heads[:keys]))
