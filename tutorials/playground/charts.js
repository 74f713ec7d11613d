// Plots on a canvas: lines over steps, bars, and a map. Colours come from the style sheet, so that dark follows.
'use strict';
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const PALETTE = ['series-1', 'series-2', 'series-3', 'series-4', 'series-5', 'series-6'];

/// The canvas at the screen's own resolution, cleared.
function prepare(canvas) {
  const scale = window.devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight;
  if (canvas.width !== Math.round(width * scale) || canvas.height !== Math.round(height * scale)) {
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
  }
  const context = canvas.getContext('2d');
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width, height);
  context.font = '11px system-ui, sans-serif';
  return {context, width, height};
}

function shortNumber(x) {
  if (x === 0) return '0';
  const size = Math.abs(x);
  return size >= 0.01 && size < 10000 ? String(Number(x.toPrecision(2))) : x.toExponential(0);
}

/// Where numbers lie: `inner` is the plotted rectangle.
function scales({width, height}, xEnd, low, high, log) {
  const inner = {left: 46, top: 6, right: width - 6, bottom: height - 18};
  const of = log ? Math.log10 : (v) => v;
  const bottom = of(low), range = of(high) - bottom || 1;
  return {
    inner,
    x: (v) => inner.left + (inner.right - inner.left) * v / xEnd,
    y: (v) => inner.bottom - (inner.bottom - inner.top) * (of(v) - bottom) / range,
    value: (pixel) => {
      const v = bottom + range * (inner.bottom - pixel) / (inner.bottom - inner.top);
      return log ? 10 ** v : v;
    },
  };
}

function extent(series, log, decades) {
  let low = Infinity, high = -Infinity;
  for (const {count, at} of series) {
    const stride = Math.max(1, Math.floor(count / 400));
    for (let i = 0; i < count; i += stride) {
      const v = at(i);
      if (!Number.isFinite(v) || (log && v <= 0)) continue;
      low = Math.min(low, v);
      high = Math.max(high, v);
    }
  }
  if (low > high) return log ? [1e-6, 1] : [0, 1];
  if (log) return [Math.max(low, high * 10 ** -decades) / 1.5, high * 1.5];
  const room = (high - low || Math.abs(high) || 1) * 0.05;
  return [low - room, high + room];
}

function axes(context, at, xEnd, low, high) {
  context.strokeStyle = colour('grid');
  context.fillStyle = colour('quiet');
  context.lineWidth = 1;
  context.strokeRect(at.inner.left, at.inner.top, at.inner.right - at.inner.left, at.inner.bottom - at.inner.top);
  context.textAlign = 'right';
  for (const [v, pixel] of [[high, at.inner.top + 8], [low, at.inner.bottom]]) context.fillText(shortNumber(v), at.inner.left - 4, pixel);
  context.fillText(String(xEnd), at.inner.right, at.inner.bottom + 13);
  context.textAlign = 'left';
  context.fillText('0', at.inner.left, at.inner.bottom + 13);
}

function line(context, at, {count, x, at: value, paint, dash, width}, log) {
  context.strokeStyle = paint;
  context.lineWidth = width || 1.2;
  context.setLineDash(dash || []);
  context.beginPath();
  const stride = Math.max(1, Math.floor(count / (at.inner.right - at.inner.left)));
  let down = false;
  for (let i = 0; i < count; i += stride) {
    const v = value(i);
    if (!Number.isFinite(v) || (log && v <= 0)) { down = false; continue; }
    if (down) context.lineTo(at.x(x(i)), at.y(v));
    else context.moveTo(at.x(x(i)), at.y(v));
    down = true;
  }
  context.stroke();
  context.setLineDash([]);
}

/// Series are {count, x(i), at(i), paint, dash, width}; levels are horizontal lines {value, paint, dash}; marks are vertical
/// lines {x, paint}; a logarithmic chart shows so many `decades` at most. Returns the scales, for who drags.
function drawLines(canvas, {series, xEnd, log = false, decades = 12, levels = [], marks = [], within = []}) {
  const size = prepare(canvas);
  let [low, high] = extent(series, log, decades);
  for (const v of within) if (Number.isFinite(v)) [low, high] = [Math.min(low, v), Math.max(high, v)];
  const at = scales(size, xEnd, low, high, log), {context} = size;
  axes(context, at, xEnd, low, high);
  context.save();
  context.beginPath();
  context.rect(at.inner.left, at.inner.top, at.inner.right - at.inner.left, at.inner.bottom - at.inner.top);
  context.clip();
  for (const one of series) line(context, at, one, log);
  const flat = {count: 2, x: (i) => i * xEnd};
  for (const {value, paint, dash, width} of levels) line(context, at, {...flat, at: () => value, paint, dash, width}, log);
  for (const {x, paint} of marks) {
    line(context, at, {count: 2, x: () => x, at: (i) => (i ? high : low), paint, dash: [2, 3]}, log);
  }
  context.restore();
  return at;
}

/// One bar a number, coloured by block; NaN draws nothing.
function drawBars(canvas, values, paints) {
  const {context, width, height} = prepare(canvas);
  const step = width / values.length, half = height / 2;
  context.strokeStyle = colour('grid');
  context.strokeRect(0, half, width, 0);
  values.forEach((v, i) => {
    if (!Number.isFinite(v)) return;
    context.fillStyle = paints[i];
    context.fillRect(i * step, half, Math.max(step - 1, 1), -v * (half - 2));
  });
}

/// A square matrix, blue below zero, orange above, as strong as its largest entry.
function drawMap(canvas, values, n) {
  const {context, width, height} = prepare(canvas);
  const side = Math.min(width, height), cell = side / n;
  let largest = 0;
  for (const v of values) if (Math.abs(v) > largest) largest = Math.abs(v);
  if (!(largest > 0)) return;
  const above = colour('map-above'), below = colour('map-below');
  for (let i = 0; i < n; ++i) {
    for (let j = 0; j < n; ++j) {
      const v = values[i * n + j] / largest;
      context.globalAlpha = Math.sqrt(Math.abs(v));
      context.fillStyle = v < 0 ? below : above;
      context.fillRect(j * cell, i * cell, cell + 0.5, cell + 0.5);
    }
  }
  context.globalAlpha = 1;
}
