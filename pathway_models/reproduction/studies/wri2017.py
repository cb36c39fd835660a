"""Turning Points: countries that have peaked by decade. Counts only; the list of countries was not seen.

Levin and Rich (2017), World Resources Institute.
"""

from pathway_models.intake.published import Study
from pathway_models.reproduction.comparison import Answer, Answers

CAUSE = (
    "needs the study's list of countries with their pledges and its inventory vintage; the list in circulation is "
    "background knowledge and does not ship"
)


def compute(study: Study) -> Answers:
    """Answer that nothing is compared, and why."""
    return Answers({estimate.key: Answer(None, CAUSE) for estimate in study.estimates})
