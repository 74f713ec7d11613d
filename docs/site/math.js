// Appended to KaTeX: typesets what Sphinx has marked as formulas.
for (const formula of document.querySelectorAll("span.math, div.math")) {
  renderMathInElement(formula, {
    delimiters: [
      { left: "\\[", right: "\\]", display: true },
      { left: "\\(", right: "\\)", display: false },
    ],
    throwOnError: true,
  });
}
