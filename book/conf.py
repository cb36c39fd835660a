"""Settings of the HTML book of all executed notebooks; ``scripts/build_book.py`` gathers its pages and calls Sphinx.

Nothing is fetched, neither at the building nor at the reading: no script, font or style from another host.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

project = "园区碳达峰路径 / pathway_models"
author = "pathway_models contributors"
copyright = author
language = "zh_CN"
extensions = ["myst_nb", "sphinx_book_theme", "chinese_search", "formulas"]
root_doc = "index"
exclude_patterns = ["**/.ipynb_checkpoints"]

# The stored outputs are the book: they are compared with a new execution by the tests.
nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "代码 / code"
nb_code_prompt_hide = "代码 / code"
nb_ipywidgets_js = {}  # the explorer needs a running kernel; its scripts would come from another host
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
html_math_renderer = "svg"

html_theme = "sphinx_book_theme"
html_title = project
html_static_path = ["static"]
html_css_files = ["book.css"]
html_js_files = ["book.js"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_last_updated_fmt = None
html_theme_options = {
    "use_download_button": False,
    "use_fullscreen_button": False,
    "show_toc_level": 2,
    "search_bar_text": "搜索，如 达峰 / search",
    "home_page_in_toc": True,
    "navbar_persistent": [],  # the side bar has the search already
}
