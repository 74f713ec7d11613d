'use strict';
// Light and dark, and the colours of the charts: after Okabe and Ito, with the lightness
// of each further from its neighbours', so that colour-blind readers can tell them apart (tests/browser/check_colours.py).

const theme = {
  // Vermillion is left out of the block colours: it means alarm.
  light: {
    page: '#ffffff', ink: '#1b1f24', quiet: '#59616b', grid: '#e4e7eb', alarm: '#d55e00',
    event: 'rgba(27,31,36,0.07)',
    blocks: ['#0072b2', '#e69f00', '#00573f', '#cc79a7', '#56b4e9', '#7d6200', '#43007a'],
    negative: '#0072b2', zero: '#ffffff', positive: '#d55e00',
  },
  dark: {
    page: '#14171b', ink: '#eceff2', quiet: '#a3adb8', grid: '#2a3037', alarm: '#ff7a1f',
    event: 'rgba(236,239,242,0.09)',
    blocks: ['#56b4e9', '#cc8500', '#12805f', '#f4c6de', '#f6ee6a', '#3a68d8', '#a07a4a'],
    negative: '#56b4e9', zero: '#14171b', positive: '#ff7a1f',
  },

  name() { return document.documentElement.dataset.theme; },
  colours() { return theme[theme.name()]; },
  block(index) { const list = theme.colours().blocks; return list[index % list.length]; },

  /// The reader's own choice if there is one, else what the system prefers. `redraw` follows every change.
  start(redraw) {
    const system = matchMedia('(prefers-color-scheme: dark)');
    let chosen = null;
    const apply = (name) => {
      document.documentElement.dataset.theme = name;
      document.getElementById('theme').textContent = name === 'dark' ? 'light' : 'dark';
    };
    const follow = () => { apply(chosen ?? (system.matches ? 'dark' : 'light')); redraw(); };
    apply(system.matches ? 'dark' : 'light');
    system.addEventListener('change', follow);
    document.getElementById('theme').addEventListener('click', () => {
      chosen = theme.name() === 'dark' ? 'light' : 'dark';
      follow();
    });
    const print = (printing) => {
      document.documentElement.classList.toggle('printing', printing);
      if (printing) apply('light');
    };
    addEventListener('beforeprint', () => { print(true); redraw(); });
    addEventListener('afterprint', () => { print(false); follow(); });
  },
};
