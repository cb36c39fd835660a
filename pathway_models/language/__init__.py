"""Words and rounding in both languages; the names that most sentences use are imported from here."""

from pathway_models.language.rounding import (  # noqa: F401
    change_text,
    emissions_text,
    error_text,
    money_text,
    scale_of,
    share_text,
    significant,
)
from pathway_models.language.words import INVENTED, LANGUAGES, bracketed, say, share_words, width_of, word, word_list  # noqa: F401
