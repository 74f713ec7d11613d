'use strict';
// The charts over training steps. They share one x range, the marks of alarms and events, and the shaded window.

const timeCharts = {
  range: [run.range[0], run.range[1]],
  window: [run.range[0], run.range[0]],  // the steps shaded
  elements: {},      // chart name → its plot element
  defaults: {losses: lossAxis(), order: 'linear', shc: 'log', pr: 'log', blocks: 'energy', trace: 'log'},
  types: {},         // chart name → how its axis is drawn now
  titles: {losses: 'loss', order: 'order parameter', shc: 'SHC', pr: 'PR', trace: 'tr C'},

  /// Draws all charts, or draws them again after a change of theme or axis. `moveTo(step)` answers a click.
  start(moveTo) {
    timeCharts.types = {...timeCharts.defaults};
    for (const name of Object.keys(timeCharts.types)) {
      const section = document.querySelector(`[data-chart="${name}"]`);
      if (timeCharts.lines(name).length === 0) {
        section.hidden = true;
        continue;
      }
      const plot = section.querySelector('.plot');
      timeCharts.elements[name] = plot;
      timeCharts.draw(name);
      plot.on('plotly_relayout', timeCharts.follow);
      plot.on('plotly_afterplot', () => timeCharts.placeWindow(plot));
      plot.on('plotly_click', (click) => moveTo(click.points[0].x));
      timeCharts.startAxisButton(name, section.querySelector('.axis'));
    }
  },

  redraw() { Object.keys(timeCharts.elements).forEach(timeCharts.draw); },

  draw(name) {
    const lines = timeCharts.lines(name);
    Plotly.react(timeCharts.elements[name], [...lines, ...timeCharts.markTraces()], timeCharts.layout(name, lines),
                 chartConfig(name));
  },

  startAxisButton(name, button) {
    timeCharts.labelAxisButton(name);
    button.addEventListener('click', () => {
      timeCharts.setType(name, otherAxis[timeCharts.types[name]]);
      address.write();
    });
  },

  labelAxisButton(name) {
    document.querySelector(`[data-chart="${name}"] .axis`).textContent = axisLabels[otherAxis[timeCharts.types[name]]];
  },

  setType(name, type) {
    if (type === timeCharts.types[name] || !timeCharts.defaults[name] || ![type, otherAxis[type]].includes(timeCharts.defaults[name])) return;
    timeCharts.types[name] = type;
    timeCharts.labelAxisButton(name);
    timeCharts.draw(name);
  },

  /// Zooming one chart zooms all.
  follow(change) {
    let range = change['xaxis.range'] ?? [change['xaxis.range[0]'], change['xaxis.range[1]']];
    if (change['xaxis.autorange']) range = [run.range[0], run.range[1]];
    if (range[0] === undefined || (range[0] === timeCharts.range[0] && range[1] === timeCharts.range[1])) return;
    timeCharts.zoom(range);
    address.write();
  },

  zoom(range) {
    if (range[0] === timeCharts.range[0] && range[1] === timeCharts.range[1]) return;
    timeCharts.range = [range[0], range[1]];
    for (const plot of Object.values(timeCharts.elements)) {
      Plotly.relayout(plot, {'xaxis.range': [...timeCharts.range]});
    }
  },

  /// Shades the steps that the matrix is made of. The shade is an element of its own over each chart: moving it
  /// costs nothing, redrawing the charts would.
  showWindow(first, last) {
    timeCharts.window = [first, last];
    Object.values(timeCharts.elements).forEach(timeCharts.placeWindow);
  },

  placeWindow(plot) {
    const area = plot.querySelector('.nsewdrag').getBoundingClientRect();
    const [low, high] = timeCharts.range;
    const share = (step) => Math.min(1, Math.max(0, (step - low) / (high - low)));
    const [first, last] = timeCharts.window.map(share);
    const shade = plot.querySelector('.shade') ?? plot.appendChild(element('div', {class: 'shade'}));
    const frame = plot.getBoundingClientRect();
    shade.hidden = last === first && (first === 0 || first === 1);
    shade.style.left = `${area.left - frame.left + first * area.width}px`;
    shade.style.width = `${(last - first) * area.width}px`;
    shade.style.top = `${area.top - frame.top}px`;
    shade.style.height = `${area.height}px`;
  },

  layout(name, lines) {
    const eventNames = placeNames(timeCharts.elements[name]);
    return {
      ...baseLayout(),
      margin: {l: name === 'blocks' ? Math.max(86, blockMargin) : scaled(86), r: 12, t: scaled(12 + 20 * eventNames.rows),
               b: name === 'blocks' ? 50 : scaled(84)},
      hovermode: ['losses', 'blocks'].includes(name) ? 'closest' : 'x unified',
      hoverdistance: name === 'losses' ? -1 : 30,
      dragmode: 'zoom', showlegend: name !== 'blocks',
      legend: {orientation: 'h', x: 0, y: -0.22, yanchor: 'top', font: {size: scaled(15)}},
      xaxis: {...baseAxis(), title: {text: 'step', standoff: 6}, range: [...timeCharts.range], hoverformat: 'd'},
      yaxis: name === 'blocks' ? blockRows() : {
        ...baseAxis(), title: {text: timeCharts.titles[name], standoff: 8}, type: timeCharts.types[name],
        exponentformat: 'power', hoverformat: '.4g', ...(timeCharts.types[name] === 'log' ? logTicks(lines) : {}),
        ...(name === 'losses' && timeCharts.types[name] === 'log' ? {range: meanRange()} : {}),
      },
      yaxis2: {overlaying: 'y', range: [0, 1], visible: false, fixedrange: true},
      shapes: timeCharts.markShapes(),
      annotations: eventNames.annotations,
    };
  },

  markShapes() {
    const colours = theme.colours();
    const shapes = [];
    for (const event of run.transitions) {
      if (event.at10 !== null && event.at90 !== null && !fromStart(event)) shapes.push(band(event.at10, event.at90, colours.event));
    }
    for (const mark of run.alarms) shapes.push(rule(mark.step, {color: colours.alarm, width: 3}));
    for (const event of run.transitions) {  // over the alarms: where both fall on one step, the dashes show both
      if (event.at50 !== null) shapes.push(rule(event.at50, {color: colours.ink, width: 1.5, dash: 'dash'}));
    }
    return shapes;
  },

  /// Small symbols at the top that can be hovered: what an alarm saw, what an event is.
  markTraces() {
    const colours = theme.colours();
    const events = run.events.filter((event) => !/_(10|90)$/.test(event.name));
    return [
      markTrace('alarm', 0.97, run.alarms, {symbol: 'triangle-down', size: 13, color: colours.alarm}, () => 'alarm'),
      markTrace('event, half-way', 0.89, events, {symbol: 'diamond', size: 10, color: colours.ink},
                (event) => `${event.name.replace(/_50$/, '')} half-way`),
    ];
  },

  lines(name) { return [...timeCharts.ownLines(name), ...overlay.lines(name)]; },

  ownLines(name) {
    if (name === 'losses') return lossTraces();
    if (name === 'order') return orderTraces();
    if (name === 'blocks') return blockTraces(timeCharts.types.blocks);
    return signalTraces(name);
  },
};

function markTrace(title, height, marks, marker, name) {
  return {
    type: 'scatter', mode: 'markers', name: title, yaxis: 'y2', marker, cliponaxis: false, visible: marks.length > 0,
    x: marks.map((mark) => mark.step), y: marks.map(() => height),
    text: marks.map((mark) => `${escapeText(name(mark))} at step ${mark.step}${mark.why ? ': ' + escapeText(mark.why) : ''}`),
    hovertemplate: '%{text}<extra></extra>',
  };
}

const otherAxis = {log: 'linear', linear: 'log', energy: 'mass', mass: 'energy'};
const axisLabels = {log: 'log axis', linear: 'linear axis', energy: 'as variance', mass: 'as eigenvector'};

/// Whether a run is past 10 % of an event when it begins: then there is no 10 % step to be drawn.
const fromStart = (event) => event.at10 !== null && event.at10 <= run.range[0];

/// The names of the events above a chart, in as many rows as keep them apart.
function placeNames(plot) {
  const events = run.transitions.filter((event) => event.at50 !== null);
  const wide = Math.max(120, plot.clientWidth - scaled(100));
  const at = (event) => wide * (event.at50 - timeCharts.range[0]) / (timeCharts.range[1] - timeCharts.range[0]);
  const ends = [];  // of each row, in pixels
  const rows = events.map((event) => {
    const half = scaled(4.6) * event.name.length + 3;
    let row = ends.findIndex((end) => end <= at(event) - half);
    if (row < 0) row = Math.min(ends.length, 3);
    ends[row] = at(event) + half;
    return row;
  });
  const annotations = events.map((event, index) => ({
    x: event.at50, y: 1, yref: 'paper', yanchor: 'bottom', yshift: scaled(20) * rows[index], text: escapeText(event.name),
    showarrow: false, font: {size: scaled(15), color: theme.colours().ink},
  }));
  return {annotations, rows: Math.max(1, ends.length)};
}

/// Logarithmic where a linear axis would show one drop and then nothing: where the mean loss spends most of the run
/// near its lowest value.
function lossAxis() {
  const values = run.losses.means[0].y.filter((value) => value !== null).sort((a, b) => a - b);
  const [low, middle, high] = [values[0], values[Math.floor(values.length / 2)], values[values.length - 1]];
  return low > 0 && high > 20 * low && middle - low < 0.05 * (high - low) ? 'log' : 'linear';
}

/// The decades of the means: single probes may fall far below.
function meanRange() {
  const values = run.losses.means.flatMap((line) => line.y).filter((value) => value > 0).map(Math.log10);
  const [low, high] = values.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [Infinity, -Infinity]);
  return [low - 0.2, high + 0.5];
}

/// What belongs together by its number (s1 and a1) has one colour; what is counted (s, a) has one kind of line.
function orderStyles(names) {
  const parts = names.map((name) => /^([a-z]+)(\d+)$/.exec(name));
  const kinds = [...new Set(parts.map((part) => part?.[1]))];
  const numbered = kinds.length > 1 && parts.every((part) => part !== null);
  return names.map((_, index) => (numbered
    ? {colour: theme.block(Number(parts[index][2]) - 1), dash: ['solid', 'dot', 'dash', 'dashdot'][kinds.indexOf(parts[index][1]) % 4]}
    : {colour: theme.block(index), dash: 'solid'}));
}

/// A band under the grid and a line over it, both the whole height of a chart and under the curves.
const band = (from, to, fillcolor) =>
  ({type: 'rect', layer: 'below', yref: 'paper', x0: from, x1: to, y0: 0, y1: 1, line: {width: 0}, fillcolor});
const rule = (at, look) => ({type: 'line', layer: 'between', yref: 'paper', x0: at, x1: at, y0: 0, y1: 1, line: look});

function lineTrace(line, colour, width, more = {}) {
  return {type: 'scatter', mode: 'lines', name: escapeText(line.name), x: line.x, y: line.y, line: {color: colour, width},
          hovertemplate: '%{y:.4g}', ...more};
}

/// A thin line a probe in the colour of its block, a thick one a mean.
function lossTraces() {
  const hover = (name) => `${name}<br>step %{x}: %{y:.4g}<extra></extra>`;
  const probes = run.losses.probes.map((line) => {
    const block = escapeText(run.blocks[line.block]);
    return lineTrace(line, theme.block(line.block), 1, {
      opacity: 0.38, showlegend: false, legendgroup: block, hovertemplate: hover(`${escapeText(line.name)} (${block})`),
    });
  });
  const [all, ...blocks] = run.losses.means;
  return [
    ...probes,
    lineTrace(all, theme.colours().ink, 3, {hovertemplate: hover('mean of all probes')}),
    ...blocks.map((line) => lineTrace(line, theme.block(line.block), 2.5, {
      legendgroup: escapeText(line.name), hovertemplate: hover(`mean of ${escapeText(line.name)}`),
    })),
  ];
}

function orderTraces() {
  const styles = orderStyles(run.order.map((line) => line.name));
  return run.order.flatMap((line, index) => {
    const {colour, dash} = styles[index];
    const traces = [lineTrace(line, colour, 2.5, {line: {color: colour, width: 2.5, dash}})];
    if (line.target !== undefined) traces.push(level(line.target, `target of ${escapeText(line.name)}`, colour, false));
    return traces;
  });
}

function signalTraces(name) {
  const traces = run[name].map((line, index) =>
    lineTrace(line, theme.block(index), index === 0 ? 2.5 : 2, index > 1 ? {line: {dash: 'dot'}} : {}));
  const quiet = theme.colours().quiet;
  if (traces.length > 0 && name === 'shc') {
    traces.push(level(run.null.shc_mean, 'i.i.d. losses: mean', quiet, true, 'dot'));
    traces.push(level(run.null.shc_threshold, 'i.i.d. losses: threshold', quiet, true, 'dash'));
  }
  if (traces.length > 0 && name === 'pr') {
    traces.push(level(run.null.pr, 'i.i.d. losses', quiet, true, 'dot'));
    traces.push(level(run.null.random_walk_pr, `random walk with steps like these: ${digits(run.null.random_walk_pr)}`, quiet, true, 'dash'));
  }
  return traces.filter((trace) => trace !== null);
}

/// A horizontal line right across the run; null when there is no such level.
function level(value, name, colour, legend, dash = 'dot') {
  if (value === null) return null;
  return {type: 'scatter', mode: 'lines', name, x: [...run.range], y: [value, value], showlegend: legend,
          line: {color: colour, width: 1.8, dash}, hoverinfo: 'skip'};
}
