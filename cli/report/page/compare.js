'use strict';
// The comparison's page: errors and signals over all steps on the left, one step's matrices on the right.

const compared = JSON.parse(document.getElementById('data').textContent);
const plotOf = (name) => document.querySelector(`[data-chart="${name}"] .plot`);
const colourOf = (index) => theme.block(index);

function chartLayout(traces, x, y) {
  const ticks = y.type === 'log' ? logTicks(traces) : {};
  return {
    ...baseLayout(), margin: {l: 86, r: 12, t: 10, b: 64}, hovermode: 'closest',
    legend: {orientation: 'h', x: 0, y: -0.3, yanchor: 'top', font: {size: 15}},
    xaxis: {...baseAxis(), ...(x.type === 'log' ? {dtick: 1} : {}), ...x}, yaxis: {...baseAxis(), ...y, ...ticks},
  };
}

const logAxis = (text) => ({type: 'log', title: {text, standoff: 8}, exponentformat: 'power'});

function line(name, x, y, colour, dash = 'solid', mode = 'lines+markers') {
  return {type: 'scatter', mode, name, x, y, line: {color: colour, width: 2.5, dash}, marker: {size: 7, color: colour},
          hovertemplate: '%{x:.3g}: %{y:.3g}'};
}

const errorBars = (errors) => ({error_y: {type: 'data', array: errors, thickness: 1.5, width: 4}});

/// "0.114 ± 0.005"; what is known exactly still differs by rounding.
function measured(value, error) {
  if (value === null || error === null || error === undefined || error <= 1e-12 * Math.abs(value)) return digits(value);
  if (Math.abs(value) < 0.01 || error < 1e-5) return `${digits(value)} ± ${error.toExponential(0)}`;
  const decimals = Math.max(0, Math.ceil(-Math.log10(error)));
  return `${value.toFixed(decimals)} ± ${error.toFixed(decimals)}`;
}
const measuredIn = (source, key) => source[`${key}_below`] === undefined
  ? measured(source[key], source[`${key}_error`]) : `< ${digits(source[`${key}_below`])}`;

const errorChart = {
  draw() {
    const steps = compared.steps.filter((step) => step.sigma.length > 0);
    const traces = steps.flatMap((step, index) => {
      const colour = colourOf(index), x = step.sigma.map((s) => s.sigma);
      const curve = (key, slope, label, dash) => {
        const fitted = step.slopes?.[slope] ?? null;
        const words = fitted === null ? '' : `, slope ${fitted.toFixed(2)}`;
        return {...line(`step ${step.step}`, x, step.sigma.map((s) => s[key]), colour, dash), showlegend: dash === 'solid',
                hovertemplate: `step ${step.step}, ${label}${words}<br>σ %{x:.3g}: %{y:.3g}<extra></extra>`,
                ...errorBars(step.sigma.map((s) => s[`${key}_error`]))};
      };
      return [curve('error_order1', 'order1', 'GΣGᵀ', 'solid'),
              curve('error_order2', 'order2', 'second order', 'dot')];
    });
    const quiet = theme.colours().quiet;  // one entry of the legend says what dots mean, not one a step
    traces.push({...line('dotted: second order', [null], [null], quiet, 'dot', 'lines')});
    const floor = steps.length === 0 ? [] : steps[0].sigma.map((_, k) => Math.max(...steps.map((s) => s.sigma[k].mc_error)));
    if (floor.length > 0) {
      traces.push({...line('Monte-Carlo floor (largest)', steps[0].sigma.map((s) => s.sigma), floor, quiet, 'dash', 'lines'),
                   line: {color: quiet, width: 1.5, dash: 'dash'}});
    }
    Plotly.react(plotOf('error'), traces, chartLayout(traces, logAxis('σ'), logAxis('relative error')), chartConfig('error'));
  },
};

const courseCharts = {
  draw() {
    const steps = compared.course.map((glance) => glance.step);
    for (const [name, title] of [['shc', 'SHC'], ['pr', 'PR']]) {
      const traces = ['gaussian', 'linear', 'dynamical'].map((source, index) =>
        line({gaussian: 'gaussian', linear: 'GΣGᵀ', dynamical: 'dynamical'}[source], steps,
             compared.course.map((glance) => glance[`${name}_${source}`]), colourOf(index), source === 'linear' ? 'dot' : 'solid',
             'lines'));
      Plotly.react(plotOf(name), traces, chartLayout(traces, {title: {text: 'step', standoff: 6}}, logAxis(title)), chartConfig(name));
    }
  },
};

/// Windows in units of 1/(ηS) where the strongest mode's rate is known, else in recordings.
function windowUnit() {
  const {learning_rate: rate, strengths, every} = compared.parameters;
  return strengths ? {scale: rate * every * Math.max(...strengths), label: 'WηS'} : {scale: 1, label: 'W, recordings'};
}

const dynamicalChart = {
  draw() {
    const unit = windowUnit();
    const traces = compared.steps.flatMap((step, index) => (step.windows.length === 0 ? [] : [
      line(`step ${step.step}`, step.windows.map((w) => w.window * unit.scale), step.windows.map((w) => w.error), colourOf(index))]));
    document.querySelector('[data-chart="dynamical"]').hidden = traces.length === 0;
    document.getElementById('window-unit').textContent = unit.label === 'WηS'
      ? 'WηS counts the window in units of the strongest mode’s own time.' : '';
    if (traces.length === 0) return;
    Plotly.react(plotOf('dynamical'), traces, chartLayout(traces, logAxis(unit.label), logAxis('relative error')), chartConfig('dynamical'));
  },
};

const chosen = {
  index: Math.floor(compared.steps.length / 2),
  step() { return compared.steps[chosen.index]; },

  start() {
    document.getElementById('stops').replaceChildren(...compared.steps.map((step, index) => {
      const button = element('button', {type: 'button', 'data-index': index}, `step ${step.step}`);
      button.addEventListener('click', () => { chosen.index = index; chosen.show(); });
      return button;
    }));
    chosen.show();
  },

  show() {
    const step = chosen.step();
    for (const output of document.querySelectorAll('.chosen-step')) output.textContent = step.step;
    for (const button of document.querySelectorAll('#stops button')) {
      button.setAttribute('aria-current', String(Number(button.dataset.index) === chosen.index));
    }
    document.getElementById('numbers').replaceChildren(numbersOf(step));
    if (charted) chosen.draw();
  },

  draw() {
    const {pictures} = chosen.step();
    const holders = pictures.map((picture) => element('section', {class: 'chart'},
      element('h3', {}, pictureName(picture)), element('div', {class: 'plot'})));
    document.getElementById('matrices').replaceChildren(...holders);
    holders.forEach((holder) => addPlotButtons(holder, 'matrix'));
    const limit = colourLimit(pictures);
    document.getElementById('scale').replaceChildren(...(pictures.length === 0 ? [] : scaleBar(limit)));
    pictures.forEach((picture, index) => {
      Plotly.react(holders[index].querySelector('.plot'), [heatMap(picture, limit)], heatLayout(), chartConfig('matrix'));
    });
    const spectra = pictures.map((picture, index) => {
      const positive = picture.spectrum.filter((value) => value > 1e-12);
      return line(pictureName(picture), positive.map((_, k) => k + 1), positive, colourOf(index), index % 2 ? 'dot' : 'solid', 'lines');
    });
    Plotly.react(plotOf('spectra'), spectra, chartLayout(spectra, {title: {text: 'eigenvalue number', standoff: 6}}, logAxis('λ / tr C')),
                 chartConfig('spectra'));
    drawChains(samplersOf(chosen.step()).map(([, found]) => found).find((found) => found.trace !== undefined));
  },
};

const pictureName = (picture) => (picture.name.startsWith('gaussian')
  ? picture.name.replace('gaussian', `gaussian, σ = ${chosen.step().picture_sigma}`) : picture.name);

/// What the strongest colour stands for: a size that one entry in fifty exceeds, so that few large ones do not pale
/// the others.
function colourLimit(pictures) {
  const sizes = pictures.flatMap((picture) => picture.matrix.flat().map(Math.abs)).sort((a, b) => a - b);
  return sizes[Math.floor(0.98 * (sizes.length - 1))] || sizes[sizes.length - 1];
}

/// One scale for all matrices, beside none of them: they stay of one size.
function scaleBar(limit) {
  const {negative, zero, positive} = theme.colours();
  return [`≤ −${digits(limit)}`, element('span', {class: 'gradient', style: `background: linear-gradient(to right, ${negative}, ${zero}, ${positive})`}),
          `≥ ${digits(limit)}`];
}

/// Where the blocks begin and end among the rows of a picture.
function blockEdges(size) {
  const probes = compared.block_sizes.reduce((a, b) => a + b, 0);
  let end = 0;
  return compared.blocks.map((name, block) => {
    const first = end;
    end += compared.block_sizes[block] * size / probes;
    return {name, block, first, end};
  });
}

function heatMap(picture, limit) {
  const colours = theme.colours();
  return {
    type: 'heatmap', z: picture.matrix, zmin: -limit, zmax: limit, showscale: false,
    colorscale: [[0, colours.negative], [0.5, colours.zero], [1, colours.positive]],
    hovertemplate: 'row %{y}, column %{x}: %{z:.3g}<extra></extra>',
  };
}

function heatLayout() {
  const size = chosen.step().pictures[0].matrix.length, span = [-0.5, size - 0.5];
  const axis = {...baseAxis(), showgrid: false, showline: false, ticks: '', showticklabels: false, constrain: 'domain', range: span};
  const edges = blockEdges(size), named = edges.length > 1;
  const rule = {color: theme.colours().quiet, width: 1};
  return {
    ...baseLayout(), margin: {l: named ? 14 + 8 * Math.max(...compared.blocks.flatMap((name) => wrapName(name).map((line) => line.length))) : 4, r: 4, t: 4, b: 4},
    xaxis: axis,
    yaxis: {...axis, range: [span[1], span[0]], scaleanchor: 'x', showticklabels: named, tickfont: {size: 14},
            tickvals: edges.map(({first, end}) => (first + end - 1) / 2),
            ticktext: edges.map(({name, block}) => `<span style="color:${theme.block(block)}"><b>${wrapName(name).map(escapeText).join('<br>')}</b></span>`)},
    shapes: edges.slice(1).flatMap(({first}) => [
      {type: 'line', x0: first - 0.5, x1: first - 0.5, y0: span[0], y1: span[1], line: rule},
      {type: 'line', x0: span[0], x1: span[1], y0: first - 0.5, y1: first - 0.5, line: rule},
    ]),
  };
}

/// Every sampler but the one that draws for each σ: what has an agreement of its own.
const samplersOf = (step) => Object.entries(step).filter(([, found]) => found !== null && found.angles !== undefined);

const drawnRows = (step) => [...step.sigma.map((s) => [`gaussian, σ = ${s.sigma}`, s]),
  ...samplersOf(step)];

const drawsOf = (s) => (s.effective_draws !== undefined ? Math.floor(s.effective_draws) : s.draws ?? s.window ?? s.replicas);

function numbersOf(step) {
  const drawn = drawnRows(step);
  const errors = drawn.map(([name, s]) => [cell(name, 'words'), cell(drawsOf(s)), cell(measuredIn(s, 'error' in s ? 'error' : 'error_order1')),
    cell('error_order2' in s ? measuredIn(s, 'error_order2') : ''), cell(digits(s.mc_error))]);
  const signals = drawn.map(([name, s]) => [cell(name, 'words'),
    cell(measuredIn(s, 'shc_ratio')), cell(measuredIn(s, 'pr')), cell(measuredIn(s, 'pr_linear')), cell(measuredIn(s, 'top_overlap'))]);
  const angles = drawn.filter(([, s]) => s.angles.length > 0).map(([name, s]) =>
    [cell(name, 'words'), ...s.angles.map((angle, k) => cell(measured(angle, s.angles_error[k])))]);
  const energies = step.pictures.map((picture) => [cell(pictureName(picture), 'words'), cell(measuredIn(picture, 'within')),
    ...compared.blocks.map((_, b) => cell(`${measured(picture.energy[b], picture.energy_error[b])} (${digits(picture.top_share[b])})`))]);
  const tables = [
    table(['!', 'draws', 'GΣGᵀ', 'second order', 'C itself'], errors,
      'Relative Frobenius errors. The last column is the Monte-Carlo error of C, the floor of the others.'),
    table(['!', 'SHC ratio', 'PR', 'PR of GΣGᵀ', 'v₁ overlap'], signals, 'Each covariance beside its own GΣGᵀ.'),
    angles.length > 0 && table(['!', '1st', '2nd', '3rd'], angles,
      'Principal angles between the spaces of the three leading eigenvectors of C and of GΣGᵀ, in radians.'),
    compared.blocks.length > 1 && table(['!', 'within', ...compared.blocks], energies,
      'Share of the trace by block and, in brackets, of the top eigenvector; within: share of ‖C‖² inside blocks.'),
  ].filter(Boolean);
  const note = element('p', {class: 'quiet'}, 'Errors by the jackknife: over groups of draws, over copies, over stretches of the chains. '
    + 'A window is its own distribution: its errors tell how far a number rests on one stretch of it.');
  return element('div', {}, ...tables, note);
}

function drawChains(chains) {
  const section = document.querySelector('[data-chart="trace"]');
  section.hidden = !chains;
  if (!chains) return;
  Plotly.react(plotOf('trace'), [line('mean loss', chains.trace.map((_, k) => k), chains.trace, theme.colours().ink, 'solid', 'lines')],
    chartLayout([], {title: {text: 'draw, chain after chain', standoff: 6}}, {title: {text: 'mean loss', standoff: 8}}), chartConfig('trace'));
  const gradients = chains.batch === 0 ? 'whole gradients'
    : `batches of ${chains.batch}, which add ${digits(100 * chains.gradient_noise)} % to the noise that is meant`;
  document.getElementById('llc').textContent = `Local learning coefficient ${measured(chains.llc, chains.llc_error)} from `
    + `${chains.samples} samples by ${gradients}; ${digits(chains.effective_draws)} effective of ${chains.draws} draws; `
    + `a Metropolis test would accept ${digits(100 * chains.acceptance)} % of the steps.`;
}

const charted = typeof Plotly !== 'undefined';
const drawAll = () => { errorChart.draw(); courseCharts.draw(); dynamicalChart.draw(); };
theme.start(() => { if (charted) { drawAll(); chosen.draw(); } });
document.getElementById('subtitle').textContent = compared.subtitle;
document.getElementById('facts').textContent =
  `${compared.probes} probes · ${compared.count} parameters · window of ${compared.window} recordings · float64`;
document.getElementById('cells-shown').textContent =
  compared.probes > 64 ? 'Neighbouring probes are shown as one, by their mean.' : '';
if (charted) {
  drawAll();
  document.querySelectorAll('[data-chart]:has(.plot)').forEach((section) => addPlotButtons(section, section.dataset.chart));
} else {
  document.getElementById('no-charts').hidden = false;
  document.querySelectorAll('.over-time, .window .chart').forEach((part) => { part.hidden = true; });
}
chosen.start();
provenanceLists({setting: compared.setting, threads: compared.threads, parameters: compared.parameters, build: compared.build});
