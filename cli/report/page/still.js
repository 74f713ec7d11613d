'use strict';
// A page whose charts are already drawn, as SVG: light and dark, and files of the charts.

/// The chart as a file of its own: what the page's style says about colours is written into it.
function standalone(svg) {
  const copy = svg.cloneNode(true);
  const {width, height} = svg.viewBox.baseVal;
  const style = getComputedStyle(svg);
  copy.setAttribute('width', width);
  copy.setAttribute('height', height);
  copy.setAttribute('font-family', style.fontFamily);
  copy.style.background = theme.colours().page;
  return new XMLSerializer().serializeToString(copy)
    .replace(/currentColor/g, style.color)
    .replace(/var\((--[a-z]+)\)/g, (_, name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim());
}

function download(url, filename) {
  element('a', {href: url, download: filename}).click();
}

function saveSvg(svg, format, filename) {
  const url = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(standalone(svg))}`;
  if (format === 'svg') return download(url, filename);
  const picture = new Image();
  picture.addEventListener('load', () => {
    const canvas = element('canvas', {width: 2 * picture.width, height: 2 * picture.height});
    canvas.getContext('2d').drawImage(picture, 0, 0, canvas.width, canvas.height);
    download(canvas.toDataURL('image/png'), filename);
  });
  picture.src = url;
}

theme.start(() => {});
for (const svg of document.querySelectorAll('svg[role="img"]')) {
  const name = svg.getAttribute('aria-label');
  addSaveButtons(svg.previousElementSibling, (format) => saveSvg(svg, format, `premelt ${name}.${format}`.replace(/ /g, '-')));
}
