// What is being played: in the page's address, so that a link shares it. `setting`, the engine's parameters by their own names, and
// `speed`, `statistic` and `threshold`, which are the page's.
'use strict';
const OWN = {setting: 'deep-linear', speed: '10', statistic: 'shc', threshold: ''};
const SETTINGS = ['deep-linear', 'schematic', 'pitchfork', 'fold', 'metastable'];

/// How parameters are dragged: [least, most, logarithmic].
const RANGES = {
  learning_rate: [1e-4, 0.5, true], batch: [1, 256, true], noise_sd: [0.01, 2, true], label_noise: [0, 1, false],
  init_sd: [0, 0.2, false], window: [4, 400, true], seed: [1, 100, false], speed: [1, 100, true],
};
const WHOLE = ['batch', 'window', 'seed', 'speed'];

function readAddress() {
  const state = {...OWN};
  for (const [name, value] of new URLSearchParams(location.hash.slice(1))) state[name] = value;
  return state;
}

function writeAddress(state) {
  const shown = Object.entries(state).filter(([name, value]) => name === 'setting' || OWN[name] !== value);
  const hash = '#' + new URLSearchParams(shown);
  if (hash !== location.hash) history.replaceState(null, '', hash);
}

/// The lines that the engine reads.
function requestOf(state, further = {}) {
  const own = Object.entries({...state, ...further}).filter(([name]) => !(name in OWN));
  return [state.setting, ...own.map(([name, value]) => `${name}=${value}`)].join('\n');
}

function fromSlider(name, position) {
  const [least, most, log] = RANGES[name];
  const value = log ? least * (most / least) ** position : least + (most - least) * position;
  return WHOLE.includes(name) ? Math.round(value) : Number(value.toPrecision(2));
}

function toSlider(name, value) {
  const [least, most, log] = RANGES[name];
  const position = log ? Math.log(value / least) / Math.log(most / least) : (value - least) / (most - least);
  return Math.min(1, Math.max(0, position || 0));
}
