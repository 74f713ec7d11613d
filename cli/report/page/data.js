'use strict';
// The run as the program wrote it into this page.

const run = JSON.parse(document.getElementById('data').textContent);

/// The matrix of a frame, as rows: float32 upper triangle in base64, over `scale`.
function unpackSymmetric(frame) {
  const bytes = Uint8Array.from(atob(frame.c), (character) => character.charCodeAt(0));
  const packed = new Float32Array(bytes.buffer);
  const size = run.cells.length;
  const rows = Array.from({length: size}, () => new Array(size));
  let next = 0;
  for (let i = 0; i < size; i++) {
    for (let j = i; j < size; j++) rows[i][j] = rows[j][i] = packed[next++] * frame.scale;
  }
  return rows;
}

/// Whether it makes sense to say how much of the top eigenvector lies in which block.
const massed = run.blocks.length > 1 && run.peak !== null && run.peak.mass.length > 0;

/// "B 98 %  C 1.2 %" with the blocks' colours, largest first, without those under one per cent.
function shares(mass) {
  if (mass.includes(null)) return ['undefined'];
  const order = mass.map((share, block) => [share, block]).sort((a, b) => b[0] - a[0]);
  return order.filter(([share]) => share >= 0.01).map(([share, block]) => element('span', {class: 'share'},
    element('span', {class: 'swatch', style: `background:${theme.block(block)}`}),
    `${run.blocks[block]} ${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`));
}
