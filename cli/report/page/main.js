'use strict';
// Starts the page and moves the slider.

const slider = {
  input: document.getElementById('slider'),
  timer: null,

  start() {
    slider.input.max = run.frames.length - 1;
    slider.input.addEventListener('input', () => slider.show(Number(slider.input.value)));
    addEventListener('keydown', slider.followKey);
    document.getElementById('play').addEventListener('click', () => (slider.timer ? slider.stop() : slider.play()));
    document.getElementById('stops').replaceChildren(...run.frames.flatMap((frame, index) => {
      if (!frame.label || /^\S+ (10|90) %$/.test(frame.label)) return [];
      const button = element('button', {type: 'button', 'data-frame': index, title: `step ${frame.step}`}, frame.label);
      button.addEventListener('click', () => slider.show(index));
      return [button];
    }));
    addEventListener('hashchange', slider.followHash);
    slider.show(slider.peak());
    slider.followHash();
  },

  /// The page opens where the SHC is highest.
  peak() { return Math.max(0, run.frames.findIndex((frame) => run.peak !== null && frame.step === run.peak.step)); },

  /// report.html#step=640 opens the page at that step.
  followHash() {
    const asked = /step=(\d+)/.exec(location.hash);
    if (asked) slider.moveTo(Number(asked[1]));
  },

  /// Arrow keys move the window from anywhere on the page; so do the keys of a presenter's remote control.
  followKey(event) {
    const way = {ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1}[event.key];
    const elsewhere = event.target.closest('input, select, textarea, .table');
    if (way === undefined || elsewhere || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const next = Number(slider.input.value) + way;
    if (next >= 0 && next < run.frames.length) slider.show(next);
  },

  moveTo(step) {
    let nearest = 0;
    run.frames.forEach((frame, index) => {
      if (Math.abs(frame.step - step) < Math.abs(run.frames[nearest].step - step)) nearest = index;
    });
    slider.show(nearest);
  },

  show(index) {
    const frame = run.frames[index];
    slider.input.value = index;
    slider.input.setAttribute('aria-valuetext', `step ${frame.step} ${frame.label}`);
    document.getElementById('step').textContent = frame.step;
    document.getElementById('reading').textContent =
      `SHC ${digits(frame.shc)} · PR ${digits(frame.pr)}${frame.label ? ' · ' + frame.label : ''}`;
    document.getElementById('mass').replaceChildren(...(massed ? ['Mass of the top eigenvector: ', ...shares(frame.mass)] : []));
    for (const button of document.querySelectorAll('#stops button')) {
      button.setAttribute('aria-current', String(Number(button.dataset.frame) === index));
    }
    if (!charted) return;
    windowCharts.show(frame);
    timeCharts.showWindow(frame.first, frame.step);
    formationChart.show(frame.step);
    attentionCharts.show(frame.step);
  },

  play() {
    if (Number(slider.input.value) === run.frames.length - 1) slider.show(0);
    slider.timer = setInterval(() => {
      const next = Number(slider.input.value) + 1;
      slider.show(next);
      if (next === run.frames.length - 1) slider.stop();
    }, 180);
    slider.label('pause');
  },

  stop() {
    clearInterval(slider.timer);
    slider.timer = null;
    slider.label('play');
  },

  label(text) {
    const button = document.getElementById('play');
    button.textContent = text;
    button.setAttribute('aria-pressed', String(slider.timer !== null));
  },
};

const charted = typeof Plotly !== 'undefined';
const windowed = run.frames.length > 0;

theme.start(() => {
  summary.redraw();
  if (charted) timeCharts.redraw();
  if (!windowed) return;
  if (charted) windowCharts.redraw();
  if (charted) attentionCharts.redraw();
  slider.show(Number(slider.input.value));
});
summary.start();
if (charted) {
  timeCharts.start(slider.moveTo);
  if (windowed) windowCharts.start(run.frames[slider.peak()]);
  formationChart.start();
  attentionCharts.start();
  document.querySelectorAll('[data-chart]:has(.plot)').forEach((section) => addPlotButtons(section, section.dataset.chart));
} else {
  document.getElementById('no-charts').hidden = false;
  document.querySelectorAll('.over-time, .chart').forEach((part) => { part.hidden = true; });
}
document.getElementById('window').hidden = !windowed;
if (windowed) slider.start();
