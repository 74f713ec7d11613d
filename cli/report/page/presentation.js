'use strict';
// The mode for a projector: losses, matrix, eigenvector and slider on one screen, in large type.

const presentation = {
  on: false,
  timer: null,
  button: document.getElementById('present'),

  start() {
    presentation.button.hidden = !(charted && windowed);
    presentation.button.addEventListener('click', presentation.toggle);
    addEventListener('keydown', (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target.closest?.('textarea, select')) return;
      if (event.key === 'p' || (event.key === 'Escape' && presentation.on)) presentation.toggle();
    });
    addEventListener('resize', () => {
      clearTimeout(presentation.timer);
      if (presentation.on) presentation.timer = setTimeout(presentation.draw, 150);
    });
  },

  toggle() {
    presentation.set(!presentation.on);
    address.write();
  },

  set(on) {
    on &&= charted && windowed;
    if (on === presentation.on) return;
    presentation.on = on;
    document.documentElement.classList.toggle('presenting', on);
    presentation.button.textContent = on ? 'read' : 'present';
    scrollTo(0, 0);
    presentation.draw();
  },

  /// Type and room change with the mode: that of the charts which both modes show.
  draw() {
    timeCharts.draw('losses');
    windowCharts.redraw();
    for (const plot of [timeCharts.elements.losses, windowCharts.matrix, windowCharts.mode]) {
      if (plot.clientWidth > 0) Plotly.Plots.resize(plot);
    }
  },
};

/// Pixels, larger on a projector.
const scaled = (pixels) => (presentation.on ? Math.round(pixels * Math.max(1.1, innerHeight / 640)) : pixels);
