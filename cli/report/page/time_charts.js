'use strict';
// The charts over training steps. They share one x range, the marks of alarms and events, and the shaded window.

const timeCharts = {
  range: [run.range[0], run.range[1]],
  window: null,      // [first step, last step]
  elements: {},      // chart name → its plot element
  types: {losses: 'linear', order: 'linear', shc: 'log', pr: 'log', trace: 'log'},
  titles: {losses: 'loss', order: 'order parameter', shc: 'SHC', pr: 'PR', trace: 'tr C'},

  /// Draws all charts, or draws them again after a change of theme or axis. `moveTo(step)` answers a click.
  start(moveTo) {
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
      plot.on('plotly_click', (click) => moveTo(click.points[0].x));
      timeCharts.startAxisButton(name, section.querySelector('.axis'));
    }
  },

  redraw() { Object.keys(timeCharts.elements).forEach(timeCharts.draw); },

  draw(name) {
    const traces = [...timeCharts.lines(name), ...timeCharts.markTraces()];
    Plotly.react(timeCharts.elements[name], traces, timeCharts.layout(name), chartConfig(`premelt-${name}`));
  },

  startAxisButton(name, button) {
    const label = () => { button.textContent = timeCharts.types[name] === 'log' ? 'linear axis' : 'log axis'; };
    label();
    button.addEventListener('click', () => {
      timeCharts.types[name] = timeCharts.types[name] === 'log' ? 'linear' : 'log';
      label();
      timeCharts.draw(name);
    });
  },

  /// Zooming one chart zooms all.
  follow(change) {
    let range = change['xaxis.range'] ?? [change['xaxis.range[0]'], change['xaxis.range[1]']];
    if (change['xaxis.autorange']) range = [run.range[0], run.range[1]];
    if (range[0] === undefined || (range[0] === timeCharts.range[0] && range[1] === timeCharts.range[1])) return;
    timeCharts.range = [range[0], range[1]];
    for (const plot of Object.values(timeCharts.elements)) {
      Plotly.relayout(plot, {'xaxis.range': [...timeCharts.range]});
    }
  },

  /// Shades the steps that the matrix is made of.
  showWindow(first, last) {
    timeCharts.window = [first, last];
    for (const plot of Object.values(timeCharts.elements)) {
      Plotly.relayout(plot, {'shapes[0].x0': first, 'shapes[0].x1': last, 'shapes[1].x0': last, 'shapes[1].x1': last});
    }
  },

  layout(name) {
    const colours = theme.colours();
    const [first, last] = timeCharts.window ?? [run.range[0], run.range[0]];
    return {
      ...baseLayout(),
      margin: {l: 86, r: 12, t: 30, b: 84},
      hovermode: name === 'losses' ? 'closest' : 'x unified',
      hoverdistance: -1,
      dragmode: 'zoom',
      legend: {orientation: 'h', x: 0, y: -0.2, yanchor: 'top', font: {size: 15}},
      xaxis: {...baseAxis(), title: {text: 'step', standoff: 6}, range: [...timeCharts.range], hoverformat: 'd'},
      yaxis: {
        ...baseAxis(), title: {text: timeCharts.titles[name], standoff: 8}, type: timeCharts.types[name],
        exponentformat: 'power', hoverformat: '.4g',
      },
      yaxis2: {overlaying: 'y', range: [0, 1], visible: false, fixedrange: true},
      shapes: [
        bar(first, last, {fillcolor: colours.window}),
        bar(last, last, {line: {color: colours.negative, width: 2}}),
        ...timeCharts.markShapes(),
      ],
      annotations: run.transitions.filter((event) => event.at50 !== null).map((event) => ({
        x: event.at50, y: 1, yref: 'paper', yanchor: 'bottom', text: escapeText(event.name), showarrow: false,
        font: {size: 15, color: colours.ink},
      })),
    };
  },

  markShapes() {
    const colours = theme.colours();
    const shapes = [];
    for (const event of run.transitions) {
      if (event.at10 !== null && event.at90 !== null) shapes.push(bar(event.at10, event.at90, {fillcolor: colours.event}));
      if (event.at50 !== null) shapes.push(bar(event.at50, event.at50, {line: {color: colours.ink, width: 1.5, dash: 'dash'}}));
    }
    for (const mark of run.marks.filter((mark) => mark.kind === 'alarm')) {
      shapes.push(bar(mark.step, mark.step, {line: {color: colours.alarm, width: 2}}));
    }
    return shapes;
  },

  /// Small symbols at the top that can be hovered: what an alarm saw, what an event is.
  markTraces() {
    const colours = theme.colours();
    const looks = {
      alarm: {title: 'alarm', marker: {symbol: 'triangle-down', size: 13, color: colours.alarm}},
      event: {title: 'event, half-way', marker: {symbol: 'diamond', size: 10, color: colours.ink}},
    };
    return Object.entries(looks).map(([kind, look]) => {
      const marks = run.marks.filter((mark) => mark.kind === kind && !/_(10|90)$/.test(mark.name));
      return {
        type: 'scatter', mode: 'markers', name: look.title, yaxis: 'y2', marker: look.marker, cliponaxis: false,
        x: marks.map((mark) => mark.step), y: marks.map(() => 0.97), visible: marks.length > 0,
        text: marks.map((mark) => `${escapeText(mark.name)}${mark.why ? ': ' + escapeText(mark.why) : ''}`),
        hovertemplate: 'step %{x}: %{text}<extra></extra>',
      };
    });
  },

  lines(name) {
    if (name === 'losses') return lossTraces();
    if (name === 'order') return orderTraces();
    return signalTraces(name);
  },
};

/// A vertical line or band over the whole height of a chart, under the curves.
function bar(from, to, look) {
  return {type: 'rect', layer: 'below', xref: 'x', yref: 'paper', x0: from, x1: to, y0: 0, y1: 1, line: {width: 0}, ...look};
}

function lineTrace(line, colour, width, more = {}) {
  return {type: 'scatter', mode: 'lines', name: escapeText(line.name), x: line.x, y: line.y, line: {color: colour, width},
          hovertemplate: '%{y:.4g}', ...more};
}

/// A thin line a probe in the colour of its block, a thick one a mean.
function lossTraces() {
  const single = run.blocks.length === 1;
  const probes = run.losses.probes.map((line) => {
    const block = escapeText(run.blocks[line.block]);
    return lineTrace(line, theme.block(line.block), 1, {
      opacity: 0.38, showlegend: false, legendgroup: block,
      hovertemplate: `${escapeText(line.name)} (${block})<br>step %{x}: %{y:.4g}<extra></extra>`,
    });
  });
  const means = run.losses.means.map((line, index) => {
    const colour = index === 0 ? theme.colours().ink : theme.block(line.block);
    const name = escapeText(index === 0 || single ? line.name : `mean of ${line.name}`);
    return lineTrace(line, colour, index === 0 ? 3 : 2.5, {
      name, legendgroup: index === 0 ? '' : escapeText(line.name),
      hovertemplate: `${name}<br>step %{x}: %{y:.4g}<extra></extra>`,
    });
  });
  return [...probes, ...means];
}

function orderTraces() {
  return run.order.flatMap((line, index) => {
    const colour = theme.block(index);
    const traces = [lineTrace(line, colour, 2.5)];
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
    traces.push(level(run.null.random_walk_pr, `any random walk: ${run.null.random_walk_pr}`, quiet, true, 'dash'));
  }
  return traces.filter((trace) => trace !== null);
}

/// A horizontal line right across the run; null when there is no such level.
function level(value, name, colour, legend, dash = 'dot') {
  if (value === null) return null;
  return {type: 'scatter', mode: 'lines', name, x: [...run.range], y: [value, value], showlegend: legend,
          line: {color: colour, width: 1.8, dash}, hoverinfo: 'skip'};
}
