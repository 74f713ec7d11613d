// Appended to Sphinx's search, with the text of every page as `pageTexts`: pages that explain come before symbols, and show the
// words around the first match.
Scorer.score = (result) => {
  const [page, , , description, score] = result;
  const text = pageTexts[page];
  if (text === undefined) return score; // a symbol of the API reference
  if (!description) result[3] = excerpt(text);
  return score + (/theory|glossary/.test(page) ? 200 : 100);
};

function excerpt(text) {
  const asked = new URLSearchParams(location.search).get("q").toLowerCase().split(/\s+/);
  const places = asked.map((word) => text.toLowerCase().indexOf(word)).filter((place) => place >= 0);
  const begin = Math.max(0, Math.min(...places, text.length) - 60);
  const safe = document.createElement("span");
  safe.textContent = "… " + text.slice(begin, begin + 200) + " …";
  return safe.innerHTML;
}
