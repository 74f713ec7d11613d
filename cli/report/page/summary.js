'use strict';
// Everything that is words and numbers: summary tables, alarms, provenance. Needs no chart library.

const summary = {
  start() {
    document.getElementById('subtitle').textContent = run.subtitle;
    document.getElementById('facts').textContent = [
      count(run.recordings, 'recording'), count(run.probes, 'probe') + ' in ' + count(run.blocks.length, 'block'),
      `window of ${run.window} recordings`, count(run.alarms.length, 'alarm'), count(run.transitions.length, 'event'),
    ].join(' · ');
    document.getElementById('losses-shown').textContent = run.losses.probes.length < run.probes
      ? `${run.losses.probes.length} of ${run.probes} probes are drawn; the means are over all. ` : '';
    document.getElementById('cells-shown').textContent = run.probes_per_cell > 1
      ? `Up to ${run.probes_per_cell} neighbouring probes of a block share a row: their mean is shown.` : '';
    const alignments = run.order.some((line) => line.name === 's1') && run.order.some((line) => line.name === 'a1');
    document.getElementById('order-meaning').textContent = alignments
      ? 's1, s2, … is how strongly the network has learnt each mode of its task; a1, a2, … (dotted, in the colour of '
        + 'their mode) how far its singular vectors have turned towards that mode’s, 1 being all the way. ' : '';
    summary.redraw();
    provenanceLists(run.provenance);
  },

  /// The tables carry the blocks' colours, so a change of theme draws them again.
  redraw() {
    document.getElementById('transitions').replaceChildren(transitionTable());
    document.getElementById('difference').replaceChildren(overlay.table());
    document.getElementById('alarms').replaceChildren(alarmTable());
    if (run.transitions.length > 0) explainHeads();
  },
};

const count = (number, noun) => `${number} ${noun}${number === 1 ? '' : 's'}`;
const step = (value) => (value === null ? 'never' : String(value));

/// The heads of the table of events that are terms.
function explainHeads() {
  for (const head of document.querySelectorAll('#transitions th[scope="col"]')) {
    const term = {lead: 'lead', 'SHC peak': 'shc'}[head.textContent] ?? (head.textContent.startsWith('mass of v₁') ? 'v1' : null);
    if (term !== null) head.replaceChildren(element('span', {class: 'term', 'data-term': term}, head.textContent));
  }
  terms.mark(document.getElementById('transitions'));
}
/// The SHC peak of an event or an alarm, and who moved there.
const peakHeads = (when) => ['SHC peak', ...(massed ? [`!mass of v₁ by block ${when}`] : [])];
function peakCells(peak) {
  const words = massed ? [element('td', {class: 'words'}, ...(peak === null ? [] : shares(peak.mass)))] : [];
  return [cell(peak === null ? '–' : peak.step), ...words];
}

function transitionTable() {
  if (run.transitions.length === 0) return peakLine();
  const rows = run.transitions.map((event) => [
    element('th', {scope: 'row', class: 'words'}, event.name),
    event.alarm === null ? cell('none', 'missed') : cell(event.alarm),
    cell(fromStart(event) ? 'at the start' : step(event.at10)), cell(step(event.at50)), cell(step(event.at90)),
    leadCell(event),
    ...peakCells(event.peak),
  ]);
  return table(['!event', 'alarm', '10 %', '50 %', '90 %', 'lead', ...peakHeads('at the SHC peak')], rows,
    'Lead: from the latest alarm after the previous event to the half-way step; bold where the alarm came before the '
    + '10 % step. A lead is not yet a forecast: it counts only against runs in which nothing happens.');
}

/// Bold is what came before anything had begun.
function leadCell(event) {
  if (event.lead === null) return cell('–');
  const early = event.at10 !== null && !fromStart(event) && event.alarm < event.at10;
  return cell(count(event.lead, 'step'), early ? 'early' : '');
}

/// Without events, the one thing to say is where the SHC was highest and who moved.
function peakLine() {
  if (run.peak === null) return element('p', {}, 'No full window was recorded.');
  const where = run.alarms.length > 0 ? 'The highest SHC after an alarm is' : 'SHC is highest';
  return element('p', {}, `No event is known for this run. ${where} at step ${run.peak.step}. `,
    ...(massed ? ['Mass of v₁ by block there: ', ...shares(run.peak.mass)] : []));
}

/// How far the value is above what it had to pass.
const margin = (alarm) => (alarm.threshold > 0 ? `${digits(alarm.value / alarm.threshold)} ×` : '–');

function alarmTable() {
  if (run.alarms.length === 0) return element('p', {}, 'No alarm was raised.');
  const rows = run.alarms.map((alarm) => [
    element('th', {scope: 'row'}, String(alarm.step)), cell(digits(alarm.value)), cell(digits(alarm.threshold)),
    cell(margin(alarm)), element('td', {class: 'words'}, element('strong', {}, alarm.verdict), element('p', {}, alarm.why)),
    ...peakCells(alarm.peak),
  ]);
  const details = element('details', {}, element('summary', {}, `${count(run.alarms.length, 'alarm')} and why`),
    table(['!alarm', 'value', 'threshold', 'margin', '!verdict, and why it rang', ...peakHeads('there')], rows,
      'Margin: value over threshold. Drift: detrended SHC stayed below ten times its median before the alarm. Dust: '
      + 'the losses move by less than a ten-thousandth of what they fell in the run. The SHC peak is sought between an alarm and the next. An alarm that no event follows is a false alarm, '
      + 'unless the run ended too soon to tell.'));
  details.open = run.transitions.length === 0 && run.alarms.length <= 12;
  return details;
}
