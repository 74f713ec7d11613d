// The page: what is played, drawn and asked.
'use strict';
const SIDES = ['run', 'twin'];
const $ = (id) => document.getElementById(id);
const element = (tag, about = {}, ...children) => {
  const made = Object.assign(document.createElement(tag), about);
  made.append(...children);
  return made;
};
const calm = matchMedia('(prefers-reduced-motion: reduce)');

let engine, backgroundEngine, background, game;
let state = readAddress();
let play = null;       // of what is shown: description, width, columns, recordings, and of each side count, rows, pictures
let playing = false, busy = false, generation = 0;

/// In alphabetical order, so that mode1 has the colour of s1.
function blocksOf(description) {
  return [...new Set(description.blocks)].sort();
}

function paintOf(description) {
  const blocks = blocksOf(description);
  return description.blocks.map((block) => colour(PALETTE[blocks.indexOf(block) % PALETTE.length]));
}

function parameter(name) {
  return play.description.parameters.find((row) => row.name === name);
}

/// Starts anew with the present state. What is being dragged stays as it is.
async function restart(keepControls = false) {
  const mine = ++generation;
  writeAddress(state);
  if (background) background.stopped = true;
  const own = {id: mine, request: requestOf(state)};
  try {
    const {description, width} = await engine.ask('begin', own);
    if (mine !== generation) return;
    const value = (name) => description.parameters.find((row) => row.name === name).value;
    const recordings = Math.floor(value('steps') / value('every')) + 1;
    const side = () => ({count: 0, rows: new Float64Array(recordings * width)});
    play = {description, width, recordings, id: mine, columns: columnsOf(description), window: value('window'),
            steps: value('steps'), run: side(), twin: side()};
    $('failure').textContent = '';
    if (!keepControls) buildControls();
    await advance(1);
    background = new Background(backgroundEngine, {...state}, description, recordings, () => { showAlarm(); });
    background.train();
  } catch (error) {
    if (mine === generation) fail(error);
  }
}

function fail(error) {
  setPlaying(false);
  $('failure').textContent = TEXTS.failed + error.message;
}

async function advance(count) {
  if (busy || !play) return;
  const mine = play;
  count = Math.min(count, mine.recordings - mine.run.count);
  if (count <= 0) return setPlaying(false);
  busy = true;
  try {
    const answer = await engine.ask('advance', {id: mine.id, count, pictures: true});
    if (mine !== play || answer.gone) return;
    for (const side of SIDES) {
      mine[side].rows.set(answer[side].rows, mine[side].count * mine.width);
      mine[side].count += count;
      Object.assign(mine[side], {mode: answer[side].mode, covariance: answer[side].covariance});
    }
    draw();
  } catch (error) {
    if (mine === play) fail(error);
  } finally {
    busy = false;
  }
}

let lastFrame = 0;
function frame(now) {
  if (!playing) return;
  requestAnimationFrame(frame);
  if (calm.matches && now - lastFrame < 250) return;
  lastFrame = now;
  advance(Number(state.speed));
}

function setPlaying(on) {
  if (on === playing) return;
  playing = on;
  $('play').setAttribute('aria-pressed', on);
  $('play').textContent = on ? TEXTS.buttons.pause : TEXTS.buttons.play;
  if (on) requestAnimationFrame(frame);
}

/// A column of one side, as a series over steps.
function series(side, index, paint, more = {}) {
  const {rows, count} = play[side], width = play.width;
  return {count, x: (i) => rows[i * width], at: (i) => rows[i * width + index], paint, ...more};
}

/// Saxe's exact curves of a balanced start of two layers: docs/theory.md, section 7.
function theory() {
  if (play.description.setting !== 'deep-linear' || parameter('init').value !== 'balanced' || parameter('depth').value !== 2) return [];
  const rate = parameter('learning_rate').value, start = parameter('balanced_strength').value;
  return parameter('strengths').value.map((s) => ({
    count: 400, x: (i) => play.steps * i / 399, paint: colour('ink'), dash: [4, 4], width: 1,
    at: (i) => s / (1 + (s / start - 1) * Math.exp(-2 * s * rate * play.steps * i / 399)),
  }));
}

/// Those that say how far something has come; how well directions are found would crowd the picture.
function ordersShown(description) {
  return description.orders.filter((name) => !description.events.some((event) => event.alignment === name));
}

function drawSide(side) {
  const {description, columns, width, steps} = play, {rows, count} = play[side];
  const paints = paintOf(description), first = width - description.blocks.length;
  const chart = (name) => $(`${side}-${name}`);
  drawLines(chart('losses'), {xEnd: steps, series: paints.map((paint, i) => series(side, first + i, paint, {width: 0.7}))});
  const event = description.events[0];
  const at = eventAt(rows.subarray(0, count * width), width, description);
  const step = rows[(count - 1) * width];
  const marks = at === undefined ? [] : [{x: rows[at * width], paint: colour('alarm')}];
  drawLines(chart('order'), {xEnd: steps, marks, series: [
    ...ordersShown(description).map((name, i) => series(side, columns[name], colour(PALETTE[i % PALETTE.length]))),
    ...(side === 'run' ? theory() : [])]});
  const nulls = description.nulls || {};
  for (const [name, log] of [['shc', true], ['pr', false]]) {
    const levels = nulls[name] === undefined ? [] : [{value: nulls[name], paint: colour('quiet'), dash: [2, 4]}];
    drawLines(chart(name), {xEnd: steps, log, levels, marks, series: [series(side, columns[name], colour('series-1'), {width: 1.6}),
      series(side, columns[`${name}_detrended`], colour('series-2'), {dash: [5, 3]})]});
  }
  drawBars(chart('mode'), play[side].mode, paints);
  drawMap(chart('covariance'), play[side].covariance, description.blocks.length);
  const said = event ? (at === undefined ? TEXTS.noEvent : TEXTS.eventAt(event.name, rows[at * width])) : '';
  $(`${side}-readout`).textContent = TEXTS.readout(TEXTS[side], step, said);
}

function draw() {
  SIDES.forEach(drawSide);
  showAlarm();
}

// ---- The alarm: a line one drags ----

let alarmScale = null, alarmRange = [0, 1];

/// Where the threshold slider's ends lie: the statistic's range over both sides and the background.
function rangeOfStatistic() {
  const column = play.columns[state.statistic];
  const values = [];
  for (const side of SIDES) for (let i = 0; i < play[side].count; ++i) values.push(play[side].rows[i * play.width + column]);
  for (const {rows, width} of [...background?.runs ?? [], ...background?.twins ?? []]) {
    for (let i = 0; i < rows.length / width; i += 5) values.push(rows[i * width + column]);
  }
  const known = values.filter((v) => Number.isFinite(v) && v > 0).sort((a, b) => a - b);
  return known.length ? [known[Math.floor(known.length / 100)] / 2, known.at(-1) * 2] : [1e-6, 1];
}

function threshold() {
  if (state.threshold !== '') return Number(state.threshold);
  const known = play.description.thresholds?.[state.statistic];
  if (known !== undefined) return known;
  const [low, high] = alarmRange;
  const learnt = background ? background.threshold(instrument(state.statistic, play.description, play.window)) : Infinity;
  return learnt > 0 && Number.isFinite(learnt) ? learnt : Math.sqrt(low * high);
}

function setThreshold(value) {
  state.threshold = String(Number(value.toPrecision(3)));
  writeAddress(state);
  showAlarm();
}

function showAlarm() {
  if (!play) return;
  alarmRange = rangeOfStatistic();
  const [low, high] = alarmRange, level = threshold(), column = play.columns[state.statistic];
  $('threshold').value = Math.log(level / low) / Math.log(high / low);
  $('threshold-value').textContent = level.toExponential(2);
  alarmScale = drawLines($('alarm-chart'), {xEnd: play.steps, log: true, decades: 60, within: [level],
    series: [series('run', column, colour('series-1'), {width: 1.8}), series('twin', column, colour('series-2'), {dash: [5, 3], width: 1.6})],
    levels: [{value: level, paint: colour('alarm'), width: 2.5}]});
  if (!background || background.events.length === 0 || background.twins.length === 0) {
    $('tally').textContent = TEXTS.tallyWaiting;
    return;
  }
  const {hit, runs, fires, twins, lead} = background.score(instrument(state.statistic, play.description, play.window), level);
  $('tally').textContent = TEXTS.tally(state.statistic, hit, runs, fires, twins, lead);
}

function dragAlarm(event) {
  if (!alarmScale || (event.type === 'pointermove' && !event.buttons)) return;
  const {top, bottom} = alarmScale.inner;
  const pixel = Math.min(bottom, Math.max(top, event.clientY - $('alarm-chart').getBoundingClientRect().top));
  setThreshold(alarmScale.value(pixel));
}

// ---- Controls ----

let waiting = 0;
/// What the engine reads has changed: the run begins anew when the dragging has paused.
function change(name, value) {
  state[name] = String(value);
  clearTimeout(waiting);
  if (name === 'speed') return writeAddress(state);
  state.threshold = '';
  const wasPlaying = playing;
  setPlaying(false);
  waiting = setTimeout(() => restart(name !== 'setting').then(() => wasPlaying && setPlaying(true)), 150);
}

function control(name, ...inputs) {
  const label = element('label', {className: 'control'}, element('span', {textContent: TEXTS.controls[name]}), ...inputs);
  label.htmlFor = inputs[0].id;
  return label;
}

function numberControl(name, value) {
  const number = element('input', {type: 'number', id: `control-${name}`, step: 'any', value});
  const slider = element('input', {type: 'range', min: 0, max: 1, step: 0.001, value: toSlider(name, value), ariaLabel: TEXTS.controls[name]});
  slider.id = `slide-${name}`;
  slider.oninput = () => { number.value = fromSlider(name, Number(slider.value)); change(name, number.value); };
  number.onchange = () => { slider.value = toSlider(name, Number(number.value)); change(name, number.value); };
  return control(name, number, slider);
}

/// One slider a singular value; the engine wants the largest first.
function strengthsControl(values) {
  const box = element('fieldset', {id: 'control-strengths', className: 'control'}, element('legend', {textContent: TEXTS.controls.strengths}));
  const sliders = values.map((value, k) => element('input', {type: 'range', min: 0.1, max: 6, step: 0.1, value, ariaLabel: `S${k + 1}`}));
  const shown = element('output', {textContent: values.join(', ')});
  for (const slider of sliders) {
    slider.oninput = () => {
      const sorted = sliders.map((s) => Number(s.value)).sort((a, b) => b - a);
      shown.textContent = sorted.join(', ');
      change('strengths', sorted.join(','));
    };
  }
  box.append(...sliders, shown);
  return box;
}

/// The setting's own.
function buildControls() {
  const orders = ordersShown(play.description).map((name, i) => [name, PALETTE[i % PALETTE.length]]);
  const blocks = blocksOf(play.description).map((name, i) => [name, PALETTE[i % PALETTE.length]]);
  for (const side of SIDES) {
    $(`${side}-order-legend`).replaceChildren(...legendEntries(orders));
    $(`${side}-losses-legend`).replaceChildren(...legendEntries(blocks));
  }
  const setting = element('select', {id: 'control-setting'}, ...SETTINGS.map((name) => element('option', {value: name, textContent: name})));
  setting.value = state.setting;
  setting.onchange = () => { state = {...OWN, setting: setting.value}; change('setting', setting.value); };
  const rows = [control('setting', setting)];
  for (const name of ['seed', 'window', 'learning_rate', 'batch', 'noise_sd', 'label_noise', 'init_sd']) {
    const row = parameter(name);
    if (row) rows.push(numberControl(name, row.value));
  }
  if (parameter('strengths') && !parameter('data').value) rows.push(strengthsControl(parameter('strengths').value));
  rows.push(numberControl('speed', Number(state.speed)));
  $('controls').replaceChildren(...rows);
  const pickable = play.description.signals.filter((name) => !name.startsWith('mean_loss'));
  if (!pickable.includes(state.statistic)) state.statistic = OWN.statistic;
  $('statistic').replaceChildren(...pickable.map((name) => element('option', {value: name, textContent: name})));
  $('statistic').value = state.statistic;
}

function saveLosses() {
  const {rows, count} = play.run, {width} = play, first = width - play.description.blocks.length;
  const lines = [['step', ...play.description.blocks.map((_, i) => i)].join(',')];
  for (let i = 0; i < count; ++i) lines.push([rows[i * width], ...rows.subarray(i * width + first, (i + 1) * width)].join(','));
  const link = element('a', {download: `${state.setting}-seed${parameter('seed').value}.csv`,
    href: URL.createObjectURL(new Blob([lines.join('\n') + '\n'], {type: 'text/csv'}))});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
