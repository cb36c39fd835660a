"""Notebooks that are none, or lack what a run needs, are told apart in one line with the remedy."""

import json

import pytest
from small_runs import make_notebook

from pathway_models.batch.execution import check_parameters
from pathway_models.core.errors import BatchError

PYTHON = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
CELL = {"cell_type": "code", "id": "a", "metadata": {}, "source": "park = ''", "outputs": [], "execution_count": None}


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "expected a Jupyter notebook"),
        ("{}", "expected a Jupyter notebook"),
        ("[]", "expected a Jupyter notebook"),
        ("{", "expected a Jupyter notebook"),
        (json.dumps({"nbformat": 3, "nbformat_minor": 0, "worksheets": [], "metadata": {}}), "old format 3"),
        (json.dumps({"nbformat": 99, "nbformat_minor": 0, "cells": [], "metadata": PYTHON}), "format 99, not 4"),
        (json.dumps({"nbformat": "4", "nbformat_minor": 0, "cells": [], "metadata": PYTHON}), "format '4', not 4"),
        (json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": [], "metadata": PYTHON}), "no cell has the tag"),
        (json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": [CELL], "metadata": PYTHON}), "no cell has the tag"),
        (
            json.dumps({"nbformat": 4, "nbformat_minor": 5, "cells": [{}], "metadata": {}}),
            "expected a Jupyter notebook",
        ),
    ],
)
def test_a_notebook_that_cannot_be_run_is_refused_in_one_line(tmp_path, content, told):
    path = tmp_path / "own.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BatchError) as refused:
        check_parameters({"park": ""}, path)
    assert told in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_a_notebook_need_not_declare_the_issue_year_but_then_of_its_type(tmp_path):
    path = make_notebook(tmp_path / "own.ipynb")
    declared = path.read_text(encoding="utf-8")
    path.write_text(declared.replace("as_of: int = 2026\\n", ""), "utf-8")
    check_parameters({"park": "", "as_of": 2026}, path)
    with pytest.raises(BatchError, match="no parameter 'as_off'"):
        check_parameters({"park": "", "as_off": 2026}, path)
    path.write_text(declared.replace("as_of: int = 2026", "as_of = 2026"), "utf-8")
    check_parameters({"park": "", "as_of": 2026}, path)  # a parameter without a declared type takes any
    path.write_text(declared.replace("as_of: int = 2026", "as_of: str = ''"), "utf-8")
    with pytest.raises(BatchError, match="as_of = 2026 is int, the notebook declares str"):
        check_parameters({"park": "", "as_of": 2026}, path)


def test_a_notebook_without_a_kernel_is_told_how_to_get_one(tmp_path):
    path = make_notebook(tmp_path / "own.ipynb")
    check_parameters({"park": "", "members": 1}, path)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["metadata"] = {}
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(BatchError, match="choose Python 3"):
        check_parameters({"park": "", "members": 1}, path)
