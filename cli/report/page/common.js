'use strict';
// What the run's page and the comparison's page share: numbers, elements, and the frame of every chart.

/// Three digits; "undefined" for what has no value.
function digits(value) {
  if (value === null || value === undefined) return 'undefined';
  if (value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}

/// element('p', {class: 'quiet'}, 'text', child, …)
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/// Text for Plotly, which reads a little HTML in names.
const escapeText = (text) => String(text).replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

const cell = (text, kind = '') => element('td', kind ? {class: kind} : {}, text);

/// Heads that begin with ! stand over words, the others over numbers.
function table(heads, rows, caption) {
  const head = heads.map((text) =>
    element('th', {scope: 'col', class: text.startsWith('!') ? 'words' : ''}, text.replace('!', '')));
  return element('div', {class: 'table', tabindex: 0, role: 'region', 'aria-label': caption}, element('table', {}, element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row.map((made, column) => {
      made.dataset.head = heads[column].replace('!', '');
      return made;
    }))))));
}

/// A long name in lines, broken where its words end.
function wrapName(name) {
  const lines = [];
  for (const word of name.split(/(?<=[ _\-.:/])/)) {
    if (lines.length > 0 && (lines[lines.length - 1] + word).length <= 14) lines[lines.length - 1] += word;
    else lines.push(word);
  }
  return lines;
}

/// Of the charts, in pixels; larger on a projector.
const typeSize = () => (typeof scaled === 'function' ? scaled(16) : 16);

/// What all charts share.
function baseLayout() {
  const colours = theme.colours();
  return {
    autosize: true, paper_bgcolor: colours.page, plot_bgcolor: colours.page,
    font: {family: 'system-ui, "Helvetica Neue", Arial, "Liberation Sans", sans-serif', size: typeSize(), color: colours.ink},
    hoverlabel: {font: {size: typeSize(), color: colours.ink}, bgcolor: colours.page, bordercolor: colours.quiet, namelength: -1},
    modebar: {bgcolor: 'rgba(0,0,0,0)', color: colours.quiet, activecolor: colours.ink},
  };
}

function baseAxis() {
  const colours = theme.colours();
  return {gridcolor: colours.grid, linecolor: colours.quiet, showline: true, zeroline: false, ticks: 'outside',
          tickcolor: colours.quiet};
}

/// The same object for the same chart: Plotly builds a chart anew when its configuration changes.
const configs = {};
function chartConfig(name) {
  configs[name] ??= {
    responsive: true, displaylogo: false, showSendToCloud: false, plotlyServerURL: '', doubleClick: 'reset',
    modeBarButtonsToRemove: ['lasso2d', 'select2d', 'autoScale2d', 'toImage'],
  };
  return configs[name];
}

/// Says to those who do not see a chart what it shows: its heading.
function labelPlot(section) {
  const plot = section.querySelector('.plot');
  plot.setAttribute('role', 'figure');
  plot.setAttribute('aria-label', section.querySelector('h2, h3').firstChild.textContent.trim());
}

/// Two buttons in the heading of a chart. `save(format)` answers them.
function addSaveButtons(heading, save) {
  const name = heading.firstChild.textContent.trim();
  heading.append(element('span', {class: 'save'}, ...['svg', 'png'].map((format) => {
    const button = element('button', {type: 'button', 'aria-label': `save “${name}” as ${format.toUpperCase()}`},
                           format.toUpperCase());
    button.addEventListener('click', () => save(format));
    return button;
  })));
}

/// The same for a section that Plotly draws in.
function addPlotButtons(section, name) {
  labelPlot(section);
  addSaveButtons(section.querySelector('h2, h3'), (format) => {
    const plot = section.querySelector('.plot');
    Plotly.downloadImage(plot, {format, filename: `premelt-${name}`, width: plot.clientWidth,
                                height: plot.clientHeight, scale: format === 'png' ? 2 : 1});
  });
}

/// On a log axis of few decades 1, 2, 5, 10, …, on others whole decades, instead of a crowd of small digits.
function logTicks(traces) {
  const decades = traces.flatMap((trace) => trace.y).filter((value) => value > 0).map(Math.log10);
  const low = Math.floor(decades.reduce((a, b) => Math.min(a, b), Infinity));
  const high = Math.ceil(decades.reduce((a, b) => Math.max(a, b), -Infinity));
  if (high - low > 3) return {dtick: Math.ceil((high - low) / 6)};
  const tickvals = [];
  for (let decade = low; decade <= high; decade++) tickvals.push(...[1, 2, 5].map((digit) => Number(`${digit}e${decade}`)));
  return {tickvals, ticktext: tickvals.map(String)};
}

/// One list for the plain entries, one for each nested object.
function provenanceLists(object, title = '') {
  const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
  const nested = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
  const plain = Object.entries(object).filter(([, value]) => !nested(value));
  const list = document.getElementById('provenance-list');
  if (plain.length > 0) {
    list.append(element('section', {}, ...(title ? [element('h3', {}, title)] : []), element('dl', {}, ...plain.map(([key, value]) =>
      element('div', {}, element('dt', {}, key), element('dd', {}, text(value)))))));
  }
  for (const [key, value] of Object.entries(object)) {
    if (nested(value)) provenanceLists(value, title ? `${title} · ${key}` : key);
  }
}
