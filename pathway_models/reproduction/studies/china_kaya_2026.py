"""China, 2024-2045, by yearly growth of the four Kaya terms in two periods: three scenarios through the engine.

Student contest solution, repository random99899/Carbon (2026), not peer reviewed (source key carbon_contest_2026).
"""

from pathway_models.intake.published import Study
from pathway_models.reproduction.comparison import Answers, answer_scenarios


def compute(study: Study) -> Answers:
    """Run the table of rates as driver scenarios from the record of 2019-2024."""
    return answer_scenarios(study)
