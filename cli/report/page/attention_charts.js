'use strict';
// Attention patterns of one probe, a square for each head, at the recording before the slider's step.

const attentionCharts = {
  probe: 0,
  frame: 0,
  section: document.querySelector('[data-chart="attention"]'),

  start() {
    attentionCharts.section.hidden = run.attention === null;
    if (run.attention === null) return;
    document.getElementById('attention-probes').replaceChildren(...run.attention.probes.map((name, index) => {
      const button = element('button', {type: 'button'}, name);
      button.addEventListener('click', () => { attentionCharts.probe = index; attentionCharts.redraw(); });
      return button;
    }));
    const {plot, rows} = attentionCharts.parts();
    plot.style.height = `${2 + 19 * rows}rem`;
    attentionCharts.redraw();
  },

  /// Squares stand in two columns, or alone.
  parts() {
    const columns = Math.min(2, run.attention.heads.length);
    return {plot: attentionCharts.section.querySelector('.plot'), columns, rows: Math.ceil(run.attention.heads.length / columns)};
  },

  redraw() {
    if (run.attention === null) return;
    document.querySelectorAll('#attention-probes button').forEach((button, index) =>
      button.setAttribute('aria-current', String(index === attentionCharts.probe)));
    document.getElementById('attention-step').textContent = run.attention.frames[attentionCharts.frame].step;
    Plotly.react(attentionCharts.parts().plot, attentionTraces(), attentionLayout(), chartConfig('attention'));
  },

  show(step) {
    if (run.attention === null) return;
    const after = run.attention.frames.findIndex((frame) => frame.step > step);
    const frame = after < 0 ? run.attention.frames.length - 1 : Math.max(0, after - 1);
    if (frame === attentionCharts.frame) return;
    attentionCharts.frame = frame;
    attentionCharts.redraw();
  },
};

/// The weights of one head as rows of queries, from bytes in the order (head, probe, query, key).
function attentionRows(head) {
  const {probe, frame} = attentionCharts;
  const {probes, tokens, frames} = run.attention;
  const bytes = Uint8Array.from(atob(frames[frame].weights), (character) => character.charCodeAt(0));
  const size = tokens[probe].length;
  const start = (head * probes.length + probe) * size * size;
  return Array.from({length: size}, (_, query) =>
    Array.from(bytes.subarray(start + query * size, start + (query + 1) * size), (byte) => byte / 255));
}

const axisNumber = (head) => (head === 0 ? '' : String(head + 1));

function attentionTraces() {
  const colours = theme.colours();
  const tokens = run.attention.tokens[attentionCharts.probe];
  const at = (position) => `position ${position} (token ${escapeText(tokens[position])})`;
  const text = tokens.map((_, query) => tokens.map((__, key) => `from ${at(query)}<br>to ${at(key)}`));
  return run.attention.heads.map((name, head) => ({
    type: 'heatmap', z: attentionRows(head), text, zmin: 0, zmax: 1, showscale: head === 0,
    xaxis: `x${axisNumber(head)}`, yaxis: `y${axisNumber(head)}`, colorscale: [[0, colours.zero], [1, colours.positive]],
    colorbar: {thickness: 14, len: 0.9, outlinewidth: 0, tickformat: '.0%', tickfont: {size: 14}, nticks: 5},
    hovertemplate: `${escapeText(name)}: %{z:.0%}<br>%{text}<extra></extra>`,
  }));
}

function attentionLayout() {
  const {columns, rows} = attentionCharts.parts();
  const size = run.attention.tokens[attentionCharts.probe].length;
  const layout = {
    ...baseLayout(), margin: {l: 58, r: 8, t: 34, b: 50},
    grid: {rows, columns, pattern: 'independent', xgap: 0.16, ygap: 0.22},
    annotations: run.attention.heads.map((name, head) => ({
      text: escapeText(name), showarrow: false, xref: `x${axisNumber(head)} domain`, yref: `y${axisNumber(head)} domain`,
      x: 0.5, xanchor: 'center', y: 1, yanchor: 'bottom', font: {size: 16, color: theme.colours().ink},
    })),
  };
  run.attention.heads.forEach((_, head) => {
    const axis = {...baseAxis(), showgrid: false, constrain: 'domain', nticks: 5};
    layout[`xaxis${axisNumber(head)}`] = {...axis, range: [-0.5, size - 0.5], title: {text: head >= columns * (rows - 1) ? 'looks at' : '', standoff: 4, font: {size: 14}}};
    layout[`yaxis${axisNumber(head)}`] = {...axis, range: [size - 0.5, -0.5], scaleanchor: `x${axisNumber(head)}`,
                                          title: {text: head % columns === 0 ? 'from' : '', standoff: 4, font: {size: 14}}};
  });
  return layout;
}
