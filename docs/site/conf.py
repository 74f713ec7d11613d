"""How Sphinx makes the site out of the Markdown pages and Doxygen's XML. Run by docs/site/build.sh."""

import json
import os
from pathlib import Path

from docutils import nodes
from sphinx import addnodes

project = "premelt"
html_title = "premelt"
copyright = "the premelt authors"
root_doc = "README"
exclude_patterns = ["tests/**", "build/**"]

extensions = ["myst_parser", "breathe", "sphinx.ext.mathjax"]
myst_heading_anchors = 4
myst_enable_extensions = ["dollarmath"]
highlight_language = "text"
primary_domain = "cpp"
breathe_projects = {"premelt": os.environ["PREMELT_DOXYGEN_OUTPUT"] + "/xml"}
breathe_default_project = "premelt"
breathe_show_include = False

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["style.css"]
html_copy_source = False
html_show_search_summary = False  # it would fetch the pages found, which a page opened from disk must not
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#0072b2", "color-brand-content": "#0072b2"},
    "dark_css_variables": {"color-brand-primary": "#56b4e9", "color-brand-content": "#56b4e9"},
}

# Formulas are typeset by KaTeX in the reader's browser, from files of the site itself.
mathjax_path = "math.js"
mathjax_options = {"defer": "defer"}

CONTENTS = """

```{toctree}
:hidden:
:caption: Learn
:glob:

tutorials/README
tutorials/*/README
```

```{toctree}
:hidden:
:caption: Understand

docs/theory
docs/probe_choice
docs/use_with_pytorch
docs/your_run
docs/library
docs/race
docs/results
docs/what_does_not_lead
docs/faq
docs/glossary
```

```{toctree}
:hidden:
:caption: Look inside

docs/cli
docs/architecture
docs/numerics
docs/testing
docs/faults
docs/tensors
docs/lazy_arrays
docs/checkpoints
docs/scale
docs/add_an_op
docs/add_a_setting
docs/add_a_sampler
docs/add_a_detector
docs/citing
```

```{toctree}
:hidden:
:caption: API reference

api/index
```
"""


def add_contents(_app, page, source):
    """The README is the home page; on a code host it needs no navigation tree, here it does."""
    if page == root_doc:
        source[0] += CONTENTS


def unwrap_namespaces(_app, tree):
    """Everything is in namespace premelt: saying so in front of each header only costs an indentation."""
    for description in list(tree.findall(addnodes.desc)):
        signature = description.next_node(addnodes.desc_signature)
        if signature is not None and signature.astext().startswith("namespace"):
            for content in list(description.findall(addnodes.desc_content))[:1]:
                description.replace_self(content.children or nodes.comment())


def extend_search(app, _exception):
    """Sphinx would fetch the pages found to show some of their words; from a disk it cannot, so the search takes them along."""
    texts = {page: " ".join(app.env.get_doctree(page).astext().split())
             for page in sorted(app.env.found_docs) if not page.startswith("api/")}
    with open(Path(app.outdir) / "_static" / "searchtools.js", "a", encoding="utf-8") as tools:
        tools.write((Path(app.confdir) / "search.js").read_text(encoding="utf-8"))
        tools.write(f"const pageTexts = {json.dumps(texts, ensure_ascii=False)};\n")


def setup(app):
    app.connect("build-finished", extend_search)
    app.connect("source-read", add_contents)
    app.connect("doctree-read", unwrap_namespaces)
