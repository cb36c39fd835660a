"""Words and rounding in both languages; words that most sentences need are imported from here."""

from pathway_models.language.words import INVENTED, LANGUAGES, say, width_of, word  # noqa: F401
