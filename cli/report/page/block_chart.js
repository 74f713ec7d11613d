'use strict';
// The heat map of blocks over steps: who moves, and when. It is one of the charts over training steps.

/// Blocks from top to bottom in their order; none when there is a single one. `kind`: energy or mass.
function blockTraces(kind) {
  const course = run.block_course;
  if (course === null || course.steps.length === 0 || course[kind][0].length === 0) return [];
  const colours = theme.colours();
  const name = {energy: 'share of the variance', mass: 'share of the top eigenvector'}[kind];
  return [{
    type: 'heatmap', x: course.steps, y: run.blocks.map((_, block) => block),
    z: run.blocks.map((_, block) => course[kind].map((row) => row[block])),
    text: run.blocks.map((block) => course.steps.map(() => escapeText(block))),
    zmin: 0, zmax: 1, colorscale: [[0, colours.zero], [1, colours.positive]],
    colorbar: {thickness: 14, len: 1, outlinewidth: 0, tickformat: '.0%', tickfont: {size: 14}, nticks: 5},
    hovertemplate: `%{text}, step %{x}<br>%{z:.1%} ${name.replace('share ', '')}<extra></extra>`,
  }];
}

function blockRows() {
  return {
    ...baseAxis(), showgrid: false, ticks: '', range: [run.blocks.length - 0.5, -0.5], fixedrange: true,
    tickvals: run.blocks.map((_, block) => block),
    ticktext: blockLabels(),
  };
}
