"""Series and judgements shared by the tests of peak rules."""

import numpy as np

from pathway_models.kernels.published_rules import RULES


def judged(name, values, first_year=1990, **options):
    years = np.arange(first_year, first_year + len(values))
    return RULES[name].apply(years, values, **options)


def tent(up, down, growth=0.03, decline=0.03):
    """Rise for ``up`` years to a maximum, then decline for ``down`` years."""
    return np.r_[(1 + growth) ** np.arange(-up, 0.0), (1 - decline) ** np.arange(0.0, down + 1)] * 100
