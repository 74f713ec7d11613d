'use strict';
// The state of the page in its address, so that others open the same moment:
// report.html#step=640&losses=log&matrix=correlation&range=0:900&present (or report.html?present)

const address = {
  timer: null,

  start() {
    addEventListener('hashchange', address.follow);
    address.follow();
  },

  follow() {
    const state = new URLSearchParams(location.hash.slice(1));
    if (charted) address.followCharts(state);
    if (windowed && /^\d+$/.test(state.get('step') ?? '')) slider.moveTo(Number(state.get('step')));
    presentation.set(state.has('present') || (location.hash === '' && new URLSearchParams(location.search).has('present')));
  },

  followCharts(state) {
    for (const name of Object.keys(timeCharts.elements)) timeCharts.setType(name, state.get(name) ?? timeCharts.defaults[name]);
    if (windowed) windowCharts.setKind(state.get('matrix') ?? 'covariance');
    const range = (state.get('range') ?? run.range.join(':')).split(':').map(Number);
    if (range.length === 2 && range[0] < range[1]) timeCharts.zoom(range);
  },

  /// Soon, and once for many changes: browsers allow few a second.
  write() {
    clearTimeout(address.timer);
    address.timer = setTimeout(() => history.replaceState(null, '', `#${address.state()}`), 200);
  },

  state() {
    const words = windowed ? [`step=${run.frames[slider.at()].step}`] : [];
    for (const [name, type] of Object.entries(timeCharts.types)) {
      if (name in timeCharts.elements && type !== timeCharts.defaults[name]) words.push(`${name}=${type}`);
    }
    if (windowCharts.kind !== 'covariance') words.push(`matrix=${windowCharts.kind}`);
    const zoomed = timeCharts.range.some((end, i) => end !== run.range[i]);
    if (zoomed) words.push(`range=${timeCharts.range.map((end) => Number(end.toPrecision(6))).join(':')}`);
    if (presentation.on) words.push('present');
    return words.join('&');
  },
};
