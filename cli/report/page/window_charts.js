'use strict';
// The window at one step: covariance matrix and top eigenvector, under the slider.

const windowCharts = {
  frame: null,
  kind: 'covariance',  // or 'correlation'
  matrix: document.querySelector('[data-chart="matrix"] .plot'),
  mode: document.querySelector('[data-chart="mode"] .plot'),

  start(frame) {
    windowCharts.frame = frame;
    windowCharts.mode.parentElement.hidden = frame.v.length === 0;
    windowCharts.redraw();
    const button = document.querySelector('[data-chart="matrix"] .axis');
    button.addEventListener('click', () => {
      windowCharts.setKind(windowCharts.kind === 'covariance' ? 'correlation' : 'covariance');
      address.write();
    });
    button.textContent = 'as correlation';
  },

  setKind(kind) {
    if (kind === windowCharts.kind || !['covariance', 'correlation'].includes(kind)) return;
    windowCharts.kind = kind;
    document.querySelector('[data-chart="matrix"] .axis').textContent = kind === 'covariance' ? 'as correlation' : 'as covariance';
    windowCharts.show(windowCharts.frame);
  },

  /// Draws everything, as after a change of theme.
  redraw() {
    const {frame, kind, matrix, mode} = windowCharts;
    Plotly.react(matrix, [matrixTrace(frame, kind)], matrixLayout(), chartConfig('matrix'));
    if (frame.v.length > 0) Plotly.react(mode, [modeTrace(frame)], modeLayout(), chartConfig('eigenvector'));
  },

  /// Changes the numbers only, which is fast enough to play.
  show(frame) {
    windowCharts.frame = frame;
    const {z, zmin, zmax, hovertemplate} = matrixTrace(frame, windowCharts.kind);
    Plotly.restyle(windowCharts.matrix, {z: [z], zmin, zmax, hovertemplate});
    if (frame.v.length > 0) Plotly.restyle(windowCharts.mode, {y: [frame.v]});
  },
};

/// Where each block begins and ends among the cells.
const blockSpans = run.blocks.map((name, block) => {
  const members = run.cells.flatMap((cell, index) => (cell.block === block ? [index] : []));
  return {lines: wrapName(name), block, first: members[0], last: members[members.length - 1]};
});

/// Pixels that the longest label takes beside an axis.
const longestLabel = Math.max(...blockSpans.flatMap((span) => span.lines.map((line) => line.length)));
const blockMargin = 18 + 10 * longestLabel;

const cellTexts = run.cells.map((cell) => `${escapeText(cell.name)} (${escapeText(run.blocks[cell.block])})`);
const pairTexts = cellTexts.map((row) => cellTexts.map((column) => `${row} × ${column}`));

function toCorrelation(rows) {
  const deviation = rows.map((row, i) => Math.sqrt(row[i]));
  return rows.map((row, i) => row.map((value, j) => value / (deviation[i] * deviation[j])));
}

function matrixTrace(frame, kind) {
  const colours = theme.colours();
  const covariance = unpackSymmetric(frame);
  const correlation = kind === 'correlation';
  const limit = correlation ? 1 : frame.scale;
  return {
    type: 'heatmap', z: correlation ? toCorrelation(covariance) : covariance, zmin: -limit, zmax: limit, text: pairTexts,
    colorscale: [[0, colours.negative], [0.5, colours.zero], [1, colours.positive]],
    colorbar: {thickness: 14, len: 0.9, outlinewidth: 0, exponentformat: 'power', tickfont: {size: scaled(14)}, nticks: 5},
    hovertemplate: `%{text}<br>${correlation ? 'correlation' : 'C'} = %{z:.3g}<extra></extra>`,
  };
}

/// Ticks that name the blocks, in their colours.
function blockAxis() {
  return {
    ...baseAxis(), showgrid: false, showline: false, ticks: '', range: [-0.5, run.cells.length - 0.5],
    tickvals: blockSpans.map((span) => (span.first + span.last) / 2),
    ticktext: blockLabels(), tickangle: 0,
  };
}

/// The names of the blocks in their colours.
function blockLabels() {
  return blockSpans.map((span) =>
    `<span style="color:${theme.block(span.block)}"><b>${span.lines.map(escapeText).join('<br>')}</b></span>`);
}

/// Along an x axis the names stand only where they fit beside each other; the rows carry them anyhow.
function blockColumns(pixels) {
  const narrowest = Math.min(...blockSpans.map((span) => span.last - span.first + 1)) / run.cells.length;
  return {...blockAxis(), showticklabels: scaled(10) * longestLabel < narrowest * pixels};
}

/// Lines that the longest name takes.
const blockRowsBelow = () => Math.max(...blockSpans.map((span) => span.lines.length));

const separators = () => blockSpans.slice(1).map((span) => span.first - 0.5);

function matrixLayout() {
  const line = {color: theme.colours().quiet, width: 1};
  const span = [-0.5, run.cells.length - 0.5];
  return {
    ...baseLayout(),
    margin: {l: scaled(blockMargin), r: 8, t: 8, b: 10 + scaled(20) * blockRowsBelow()},
    xaxis: {...blockColumns(Math.min(windowCharts.matrix.clientHeight - scaled(38), windowCharts.matrix.clientWidth - scaled(blockMargin + 80))), constrain: 'domain'},
    yaxis: {...blockAxis(), range: [span[1], span[0]], scaleanchor: 'x', constrain: 'domain'},
    shapes: separators().flatMap((at) => [
      {type: 'line', x0: at, x1: at, y0: span[0], y1: span[1], line},
      {type: 'line', x0: span[0], x1: span[1], y0: at, y1: at, line},
    ]),
  };
}

function modeTrace(frame) {
  return {
    type: 'bar', x: run.cells.map((_, index) => index), y: frame.v, text: cellTexts, textposition: 'none',
    marker: {color: run.cells.map((cell) => theme.block(cell.block)), line: {width: 0}},
    hovertemplate: '%{text}<br>v₁ = %{y:.3f}<extra></extra>',
  };
}

function modeLayout() {
  const line = {color: theme.colours().quiet, width: 1};
  const limit = Math.max(0.3, ...run.frames.flatMap((frame) => frame.v.map(Math.abs)));
  return {
    ...baseLayout(),
    margin: {l: scaled(58), r: 8, t: 8, b: 10 + scaled(20) * blockRowsBelow()},
    bargap: 0.15, hovermode: 'x',
    xaxis: blockColumns(windowCharts.mode.clientWidth - 70),
    yaxis: {...baseAxis(), range: [-1.05 * limit, 1.05 * limit], zeroline: true, zerolinecolor: theme.colours().quiet},
    shapes: separators().map((at) => ({type: 'line', x0: at, x1: at, yref: 'paper', y0: 0, y1: 1, line})),
  };
}
