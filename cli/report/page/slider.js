'use strict';
// The slider under which the window moves, its marks, and the keys that move it.

const slider = {
  input: document.getElementById('slider'),
  timer: null,

  start() {
    slider.input.max = run.frames.length - 1;
    slider.input.addEventListener('input', () => slider.choose(Number(slider.input.value)));
    addEventListener('keydown', slider.followKey);
    document.getElementById('play').addEventListener('click', slider.toggle);
    document.getElementById('mark-before').addEventListener('click', () => slider.toMark(-1));
    document.getElementById('mark-after').addEventListener('click', () => slider.toMark(1));
    marks.start(slider.choose);
    slider.show(slider.peak());
  },

  /// The page opens where the SHC is highest.
  peak() { return Math.max(0, run.frames.findIndex((frame) => run.peak !== null && frame.step === run.peak.step)); },

  at() { return Number(slider.input.value); },

  /// From anywhere on the page the arrows move the window. While presenting, they and the keys of a presenter's
  /// remote control go from mark to mark and the space bar plays; on a page that is read, those scroll.
  followKey(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const on = (selector) => event.target.closest?.(selector);
    if (presentation.on) {
      const way = {ArrowLeft: -1, ArrowRight: 1, PageUp: -1, PageDown: 1}[event.key];
      const plays = event.key === ' ' && !on('button');
      if (way === undefined && !plays) return;
      event.preventDefault();
      return plays ? slider.toggle() : slider.toMark(way);
    }
    const way = {ArrowLeft: -1, ArrowRight: 1}[event.key];
    if (way === undefined || on('input, select, textarea, .table')) return;
    event.preventDefault();
    const next = slider.at() + way;
    if (next >= 0 && next < run.frames.length) slider.choose(next);
  },

  toMark(way) {
    const next = marks.beside(slider.at(), way);
    if (next !== undefined) slider.choose(next);
  },

  moveTo(step) {
    let nearest = 0;
    run.frames.forEach((frame, index) => {
      if (Math.abs(frame.step - step) < Math.abs(run.frames[nearest].step - step)) nearest = index;
    });
    slider.show(nearest);
  },

  /// A reader's choice, which the address remembers.
  choose(index) {
    slider.show(index);
    address.write();
  },

  show(index) {
    const frame = run.frames[index];
    slider.input.value = index;
    const words = narration(frame);
    slider.input.setAttribute('aria-valuetext', words);
    document.getElementById('narration').textContent = words;
    document.getElementById('step').textContent = frame.step;
    document.getElementById('reading').textContent =
      `SHC ${digits(frame.shc)} · PR ${digits(frame.pr)}${frame.label ? ' · ' + frame.label : ''}`;
    document.getElementById('mass').replaceChildren(...(massed ? ['Mass of the top eigenvector: ', ...shares(frame.mass)] : []));
    marks.show(index);
    if (!charted) return;
    windowCharts.show(frame);
    timeCharts.showWindow(frame.first, frame.step);
    formationChart.show(frame.step);
    attentionCharts.show(frame.step);
  },

  toggle() { return slider.timer ? slider.stop() : slider.play(); },

  play() {
    if (slider.at() === run.frames.length - 1) slider.show(0);
    slider.timer = setInterval(() => {
      const next = slider.at() + 1;
      slider.show(next);
      if (next === run.frames.length - 1) slider.stop();
    }, 180);
    slider.label('pause');
  },

  stop() {
    clearInterval(slider.timer);
    slider.timer = null;
    slider.label('play');
    address.write();
  },

  label(text) {
    const button = document.getElementById('play');
    button.textContent = text;
    button.setAttribute('aria-pressed', String(slider.timer !== null));
  },
};

/// What lies on the slider: alarms and SHC peaks above it, events half-way below. The keyboard reaches them by ‹ and ›.
const marks = {
  list: [],  // {index, kind, name}, in the order of their frames

  start(choose) {
    const found = (step, kind, name) => (frameOf(step) < 0 ? [] : [{index: frameOf(step), kind, name}]);
    const peaks = run.transitions.map((event) => [event.peak, `SHC peak of ${event.name}`]);
    if (peaks.length === 0) peaks.push([run.peak, 'highest SHC']);
    marks.list = [
      ...run.alarms.flatMap((alarm) => found(alarm.step, 'alarm', 'alarm')),
      ...peaks.flatMap(([peak, name]) => (peak === null ? [] : found(peak.step, 'peak', name))),
      ...run.transitions.flatMap((event) => found(event.at50, 'event', event.name)),
    ].sort((a, b) => a.index - b.index);
    const button = (mark) => {
      const words = `${mark.name}${mark.kind === 'event' ? ' half-way' : ''}, step ${run.frames[mark.index].step}`;
      const made = element('button', {type: 'button', class: `mark ${mark.kind}`, tabindex: -1, title: words,
        'aria-label': words, 'data-frame': mark.index, style: `--share: ${mark.index / Math.max(1, run.frames.length - 1)}`});
      made.addEventListener('click', () => choose(mark.index));
      return made;
    };
    const lane = (id, kinds) => document.getElementById(id).replaceChildren(
      ...marks.list.filter((mark) => kinds.includes(mark.kind)).map(button));
    lane('alarm-marks', ['peak', 'alarm']);
    lane('event-marks', ['event']);
  },

  /// The frame of the next mark before (way -1) or after (1) a frame.
  beside(index, way) {
    const ahead = marks.list.map((mark) => mark.index).filter((at) => (at - index) * way > 0);
    return way > 0 ? ahead[0] : ahead[ahead.length - 1];
  },

  show(index) {
    for (const button of document.querySelectorAll('.mark'))
      button.setAttribute('aria-current', String(Number(button.dataset.frame) === index));
    document.getElementById('mark-before').disabled = marks.beside(index, -1) === undefined;
    document.getElementById('mark-after').disabled = marks.beside(index, 1) === undefined;
  },
};
