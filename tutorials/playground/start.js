// Puts the page together and starts it.
'use strict';
const TOUR = ['run-losses', 'twin-losses', 'run-order', 'control-window', 'run-shc', 'run-pr', 'run-mode', 'alarm-chart'];

function legendEntries(entries) {
  return entries.flatMap(([name, paint]) => [element('i', {style: `background:var(--${paint})`}), name]);
}

function legend(id, entries = []) {
  const line = element('div', {id, className: 'legend', ariaHidden: 'true'});
  line.append(...legendEntries(entries));
  return line;
}

function buildSide(side) {
  const card = element('section', {className: 'card', ariaLabel: TEXTS[side]}, element('h2', {textContent: TEXTS[side]}));
  for (const name of ['losses', 'order', 'shc', 'pr', 'mode', 'covariance']) {
    const kind = {mode: 'bars', covariance: 'map'}[name] ?? '';
    const canvas = element('canvas', {id: `${side}-${name}`, className: kind});
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-label', `${TEXTS.charts[name]}: ${TEXTS[side]}`);
    canvas.setAttribute('aria-describedby', `${side}-readout`);
    card.append(element('h3', {textContent: TEXTS.charts[name]}), canvas);
    if (name === 'losses' || name === 'order') card.append(legend(`${side}-${name}-legend`));
    if (name === 'shc' || name === 'pr') {
      card.append(legend(`${side}-${name}-legend`, [[TEXTS.legend.raw, 'series-1'], [TEXTS.legend.detrended, 'series-2']]));
    }
  }
  card.append(element('p', {id: `${side}-readout`, className: 'legend'}));
  return card;
}

function say(root, path) {
  return path.split('.').reduce((at, name) => at[name], root);
}

function buildTexts() {
  for (const place of document.querySelectorAll('[data-text]')) place.textContent = say(TEXTS, place.dataset.text);
  for (const name of ['play', 'step', 'restart', 'csv']) $(name).textContent = TEXTS.buttons[name];
  $('tour').textContent = TEXTS.tourButton;
  $('alarm-legend').append(...legendEntries([[TEXTS.run, 'series-1'], [TEXTS.twin, 'series-2'], [TEXTS.legend.threshold, 'alarm']]));
  $('game-legend').append(...legendEntries([[TEXTS.game.loss, 'series-1'], [TEXTS.game.shc, 'series-2']]));
  $('game-start').textContent = TEXTS.game.start;
  $('game-now').textContent = TEXTS.buttons.now;
  $('alarm-chart').setAttribute('aria-label', TEXTS.charts.alarm);
  $('game-chart').setAttribute('aria-label', TEXTS.game.title);
}

function buildPresets() {
  $('presets').replaceChildren(...TEXTS.presets.map((preset) => {
    const button = element('button', {textContent: preset.name});
    button.onclick = () => {
      setPlaying(false);
      state = {...OWN, ...preset.state};
      $('preset-note').textContent = preset.note;
      restart().then(() => setPlaying(true));
    };
    return button;
  }));
}

let tourAt = -1;
function tour() {
  document.querySelectorAll('.lit').forEach((lit) => lit.classList.remove('lit'));
  tourAt = tourAt + 1 < TOUR.length ? tourAt + 1 : -1;
  $('tour-step').hidden = tourAt < 0;
  $('tour').textContent = tourAt < 0 ? TEXTS.tourButton : tourAt + 1 < TOUR.length ? TEXTS.tourNext : TEXTS.tourEnd;
  if (tourAt < 0) return;
  const [head, body] = TEXTS.tour[tourAt];
  $('tour-step').replaceChildren(element('strong', {textContent: `${tourAt + 1}. ${head}. `}), body);
  const place = $(TOUR[tourAt]);
  place.classList.add('lit');
  place.scrollIntoView({block: 'nearest', behavior: calm.matches ? 'auto' : 'smooth'});
}

function wire() {
  $('play').onclick = () => setPlaying(!playing);
  $('step').onclick = () => { setPlaying(false); advance(1); };
  $('restart').onclick = () => { setPlaying(false); restart(); };
  $('csv').onclick = saveLosses;
  $('tour').onclick = tour;
  $('game-start').onclick = startGame;
  $('game-now').onclick = () => game.call();
  $('controls').onsubmit = (event) => event.preventDefault();
  $('statistic').onchange = () => { state.statistic = $('statistic').value; state.threshold = ''; writeAddress(state); showAlarm(); };
  $('threshold').oninput = () => {
    const [low, high] = alarmRange;
    setThreshold(low * (high / low) ** Number($('threshold').value));
  };
  for (const kind of ['pointerdown', 'pointermove']) $('alarm-chart').addEventListener(kind, dragAlarm);
  document.addEventListener('keydown', (event) => {
    if (event.target.closest('input, select, button') || event.ctrlKey || event.altKey || event.metaKey) return;
    const does = {' ': 'play', s: 'step', r: 'restart'}[event.key];
    if (!does) return;
    event.preventDefault();
    $(does).click();
  });
  window.addEventListener('hashchange', () => { setPlaying(false); state = readAddress(); restart(); });
  window.addEventListener('resize', () => play && draw());
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => play && draw());
}

async function main() {
  document.body.classList.toggle('embed', new URLSearchParams(location.search).has('embed'));
  buildTexts();
  buildPresets();
  $('sides').replaceChildren(...SIDES.map(buildSide));
  wire();
  const bytes = await unpackModule(MODULE);
  engine = new Engine(bytes);
  backgroundEngine = new Engine(bytes);
  await restart();
  document.body.dataset.ready = 'true';
}
main().catch(fail);
