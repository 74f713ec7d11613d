'use strict';
// Everything that is words and numbers: summary tables, alarms, provenance. Needs no chart library.

const summary = {
  start() {
    document.getElementById('subtitle').textContent = run.subtitle;
    document.getElementById('facts').textContent = [
      count(run.recordings, 'recording'), count(run.probes, 'probe') + ' in ' + count(run.blocks.length, 'block'),
      `window of ${run.window} recordings`, count(alarms().length, 'alarm'), count(run.transitions.length, 'event'),
    ].join(' · ');
    document.getElementById('losses-shown').textContent = run.losses.probes.length < run.probes
      ? `${run.losses.probes.length} of ${run.probes} probes are drawn; the means are over all. ` : '';
    document.getElementById('cells-shown').textContent = run.probes_per_cell > 1
      ? `Up to ${run.probes_per_cell} neighbouring probes of a block share a row: their mean is shown.` : '';
    summary.redraw();
    provenanceLists(run.provenance);
  },

  /// The tables carry the blocks' colours, so a change of theme draws them again.
  redraw() {
    document.getElementById('transitions').replaceChildren(transitionTable());
    document.getElementById('alarms').replaceChildren(...alarmTable());
  },
};

const alarms = () => run.marks.filter((mark) => mark.kind === 'alarm');
const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;
const step = (value) => (value === null ? 'never' : String(value));
const cell = (text, kind = '') => element('td', kind ? {class: kind} : {}, text);

function table(heads, rows, caption) {
  const head = heads.map((text) => element('th', {scope: 'col', class: text.startsWith('!') ? 'words' : ''}, text.replace('!', '')));
  return element('div', {class: 'table'}, element('table', {}, element('caption', {}, caption),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows.map((row) => element('tr', {}, ...row)))));
}

function transitionTable() {
  if (run.transitions.length === 0) return peakLine();
  const rows = run.transitions.map((event) => [
    element('th', {scope: 'row', class: 'words'}, event.name),
    event.alarm === null ? cell('none', 'missed') : cell(event.alarm),
    cell(step(event.at10)), cell(step(event.at50)), cell(step(event.at90)),
    event.lead === null ? cell('–') : cell(count(event.lead, 'step'), 'early'),
    cell(event.peak === null ? '–' : event.peak),
    element('td', {class: 'words'}, ...shares(event.mass)),
  ]);
  return table(['!event', 'alarm', '10 %', '50 %', '90 %', 'lead', 'SHC peak', '!mass of v₁ by block at the SHC peak'], rows,
    'Lead: from the latest alarm after the previous event to the half-way step. A lead is not yet a forecast: '
    + 'it counts only against runs without the event (premelt sweep).');
}

/// Without events, the one thing to say is where the SHC was highest and who moved.
function peakLine() {
  if (run.peak === null) return element('p', {}, 'No full window was recorded.');
  return element('p', {}, `No event is known for this run. SHC is highest at step ${run.peak.step}. `,
    ...(run.peak.mass.length ? ['Mass of v₁ by block there: ', ...shares(run.peak.mass)] : []));
}

function alarmTable() {
  const list = alarms();
  if (list.length === 0) return [element('p', {}, 'No alarm was raised.')];
  const rows = list.map((mark) => [
    element('th', {scope: 'row', class: 'words'}, String(mark.step)), cell(mark.name, 'words'), cell(digits(mark.value)),
    cell(digits(mark.threshold)), cell(mark.why, 'words'),
  ]);
  const details = element('details', {}, element('summary', {}, `${count(list.length, 'alarm')} and why`),
    table(['!step', '!name', 'value', 'threshold', '!why'], rows, 'An alarm that no event follows is a false alarm, unless the run ended too soon to tell.'));
  return [details];
}

/// One list for the plain entries, one for each nested object.
function provenanceLists(object, title = '') {
  const text = (value) => (typeof value === 'string' ? value : JSON.stringify(value));
  const nested = (value) => value !== null && typeof value === 'object' && !Array.isArray(value);
  const plain = Object.entries(object).filter(([, value]) => !nested(value));
  const list = document.getElementById('provenance-list');
  if (plain.length > 0) {
    list.append(element('dl', {}, ...(title ? [element('h3', {}, title)] : []), ...plain.map(([key, value]) =>
      element('div', {}, element('dt', {}, key), element('dd', {}, text(value))))));
  }
  for (const [key, value] of Object.entries(object)) {
    if (nested(value)) provenanceLists(value, title ? `${title} · ${key}` : key);
  }
}
