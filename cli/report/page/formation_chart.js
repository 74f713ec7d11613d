'use strict';
// SHC and the drop of the mean loss against an event's order parameter, with the slider's window as dots.

const formationChart = {
  index: 0,
  step: null,
  section: document.querySelector('[data-chart="formation"]'),

  start() {
    formationChart.section.hidden = run.formations.length === 0;
    if (formationChart.section.hidden) return;
    document.getElementById('formations').replaceChildren(...run.formations.map((formation, index) => {
      const button = element('button', {type: 'button'}, formation.event);
      button.addEventListener('click', () => { formationChart.index = index; formationChart.redraw(); });
      return button;
    }));
    document.getElementById('formations').hidden = run.formations.length === 1;
    formationChart.redraw();
  },

  redraw() {
    if (run.formations.length === 0) return;
    const formation = run.formations[formationChart.index];
    document.querySelectorAll('#formations button').forEach((button, index) =>
      button.setAttribute('aria-current', String(index === formationChart.index)));
    const curves = formationCurves(formation);
    Plotly.react(formationChart.section.querySelector('.plot'),
                 [...curves, ...curves.map((curve) => formationDot(formation, curve))], formationLayout(formation),
                 chartConfig('formation'));
  },

  /// The slider's window; a transition it lies in is shown.
  show(step) {
    formationChart.step = step;
    const inside = run.formations.findIndex(({steps}) => steps[0] <= step && step <= steps[steps.length - 1]);
    if (inside >= 0) formationChart.index = inside;
    formationChart.redraw();
  },
};

function formationCurves(formation) {
  const curve = (name, values, colour, dash) => {
    const top = Math.max(...values.filter((value) => value !== null));
    return {
      type: 'scatter', mode: 'lines', name, x: formation.value, y: values.map((value) => (value === null ? null : value / top)),
      customdata: formation.steps.map((step, index) => [step, values[index]]), line: {color: colour, width: 2.5, dash},
      hovertemplate: `${name} %{customdata[1]:.3g} at step %{customdata[0]}<extra></extra>`,
    };
  };
  const detrended = formation.shc_detrended.length > 0;
  return [
    curve('SHC', formation.shc, theme.block(0), 'solid'),
    ...(detrended ? [curve('SHC, detrended', formation.shc_detrended, theme.block(1), 'dot')] : []),
    curve('drop of the mean loss', formation.drop, theme.block(2), 'dash'),
  ];
}

/// Where the slider's window lies on a curve; nothing when it lies outside the stretch.
function formationDot(formation, curve) {
  const {steps} = formation;
  const {step} = formationChart;
  const inside = step !== null && steps[0] <= step && step <= steps[steps.length - 1];
  let nearest = 0;
  steps.forEach((at, index) => { if (Math.abs(at - step) < Math.abs(steps[nearest] - step)) nearest = index; });
  return {
    type: 'scatter', mode: 'markers', showlegend: false, hoverinfo: 'skip', marker: {size: 13, color: curve.line.color},
    x: inside ? [curve.x[nearest]] : [], y: inside ? [curve.y[nearest]] : [],
  };
}

function formationLayout(formation) {
  return {
    ...baseLayout(),
    margin: {l: 86, r: 12, t: 10, b: 84}, hovermode: 'closest',
    legend: {orientation: 'h', x: 0, y: -0.22, yanchor: 'top', font: {size: 15}},
    xaxis: {...baseAxis(), title: {text: escapeText(formation.order), standoff: 6}},
    yaxis: {...baseAxis(), title: {text: 'part of its maximum', standoff: 8}, range: [-0.06, 1.06]},
  };
}
