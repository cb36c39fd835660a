"""Search in Chinese without a dictionary: pairs of neighbouring characters, in the index and in what is searched for.

Sphinx splits Chinese by the package jieba and indexes no Chinese at all where that is missing. Pairs find every word of
two or more characters, also words that no dictionary has.
"""

import re

from sphinx.search.zh import SearchChinese

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]+")


def pairs(run):
    """Neighbouring characters of a run; a single one stands for itself.

    Examples
    --------
    >>> pairs("碳达峰")
    ['碳达', '达峰']
    """
    return [run[at : at + 2] for at in range(len(run) - 1)] or [run]


class PairsOfCharacters(SearchChinese):
    """Chinese in pairs, everything else as words."""

    # Sphinx calls the script's stemmer by this name, and the one it copies for Chinese is the English one.
    language_name = "English"
    js_splitter_code = """
var splitQuery = (query) =>
  query.split(/([\\u3400-\\u4dbf\\u4e00-\\u9fff]+)|[^\\p{Letter}\\p{Number}_]+/gu)
    .filter((part) => part)
    .flatMap((part) => /^[\\u3400-\\u4dbf\\u4e00-\\u9fff]{2,}$/u.test(part)
      ? [...part].slice(1).map((sign, at) => [...part][at] + sign)
      : [part]);
"""

    def split(self, input):
        """Pairs of the Chinese parts, then the words of the rest."""
        chinese = [pair for run in HAN.findall(input) for pair in pairs(run)]
        latin = self.latin1_letters.findall(input)
        self.latin_terms.update(latin)
        return chinese + latin


def setup(app):
    """Register the search language."""
    app.add_search_language(PairsOfCharacters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
