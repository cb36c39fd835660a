"""Every example in a docstring of the package runs and prints what it says."""

import doctest
import importlib
import pkgutil
from pathlib import Path

import papermill  # noqa: F401 - before our engines, which it loads by their entry points
import pytest

import pathway_models

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(pathway_models.__path__, "pathway_models.") if not module.ispkg
)


@pytest.mark.parametrize("name", MODULES)
def test_examples_of_a_module_are_true(name):
    module = importlib.import_module(name)
    if ">>>" not in Path(module.__file__).read_text(encoding="utf-8"):
        return  # a look at every object would find none
    outcome = doctest.testmod(module, optionflags=doctest.NORMALIZE_WHITESPACE)
    assert outcome.failed == 0


def test_there_are_examples_in_all_but_the_top_rooms():
    finder = doctest.DocTestFinder(exclude_empty=True)
    rooms = {
        name.split(".")[1] for name in MODULES for test in finder.find(importlib.import_module(name)) if test.examples
    }
    assert {"core", "kernels", "intake", "engine"} <= rooms
