'use strict';
// One sentence about the window under the slider.

/// "step 730: alarm; setosa begins to move; 88 % of the top eigenvector"
function narration(frame) {
  return `step ${frame.step}: ${[...happening(frame), ...moving(frame)].join('; ')}`;
}

/// The frame that shows a step; -1 for none.
const frameOf = (step) => (step === null ? -1 : run.frames.findIndex((frame) => frame.step >= step));
const alarmAt = (frame) => run.alarms.find((alarm) => run.frames[frameOf(alarm.step)] === frame);

/// What a mark at this very step says, else how far the run has come.
function happening(frame) {
  const here = (step) => run.frames[frameOf(step)] === frame;
  const words = [];
  const alarm = alarmAt(frame);
  if (alarm !== undefined) words.push(alarm.kind === '' ? 'alarm' : `alarm (${alarm.kind})`);
  for (const event of run.transitions) {
    if (!fromStart(event) && here(event.at10)) words.push(`${event.name} has begun (10 %)`);
    if (here(event.at50)) words.push(`${event.name} is half-way`);
    if (here(event.at90)) words.push(`${event.name} is 90 % done`);
    if (event.peak !== null && here(event.peak.step)) words.push(`SHC peaks for ${event.name}`);
  }
  return words.length > 0 ? words : [standing(frame.step)];
}

/// Between the marks.
function standing(at) {
  const under = run.transitions.filter((event) => begun(event) <= at && at < (event.at90 ?? Infinity));
  if (under.length > 0) return `${under.map((event) => event.name).join(' and ')} under way`;
  const next = run.transitions.find((event) => event.at50 !== null && event.at50 > at);
  if (next && next.alarm !== null && next.alarm < at) return `alarm since step ${next.alarm}; no event yet`;
  if (next) return run.transitions[0] === next ? 'no alarm and no event yet' : `before ${next.name}`;
  if (run.transitions.length > 0) return 'after the last event';
  const before = run.alarms.filter((alarm) => alarm.step < at).length;
  return before === 0 ? 'no alarm yet' : `${count(before, 'alarm')} so far`;
}

/// A run that is past 10 % when it begins is under way from half-way on.
const begun = (event) => (fromStart(event) ? event.at50 : event.at10) ?? Infinity;

/// Which block the top eigenvector lies in.
function moving(frame) {
  if (!massed || frame.mass.includes(null)) return [];
  const share = Math.max(...frame.mass);
  const name = run.blocks[frame.mass.indexOf(share)];
  const part = `${Math.round(100 * share)} % of the top eigenvector`;
  return alarmAt(frame) ? [`${name} begins to move`, part] : [`${name} holds ${part}`];
}
