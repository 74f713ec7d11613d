'use strict';
// Starts the page.

const charted = typeof Plotly !== 'undefined';
const windowed = run.frames.length > 0;

theme.start(() => {
  summary.redraw();
  if (charted) timeCharts.redraw();
  if (!windowed) return;
  if (charted) windowCharts.redraw();
  if (charted) attentionCharts.redraw();
  slider.show(slider.at());
});
summary.start();
presentation.start();
if (charted) {
  timeCharts.start((step) => { slider.moveTo(step); address.write(); });
  if (windowed) windowCharts.start(run.frames[slider.peak()]);
  formationChart.start();
  attentionCharts.start();
  document.querySelectorAll('[data-chart]:has(.plot)').forEach((section) => addPlotButtons(section, section.dataset.chart));
} else {
  document.getElementById('no-charts').hidden = false;
  document.querySelectorAll('.chart').forEach((part) => { part.hidden = true; });
}
document.getElementById('window').hidden = !windowed;
document.querySelector('.bar').hidden = !windowed;
if (windowed) slider.start();
address.start();
terms.start();
