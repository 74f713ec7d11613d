// Alarms and their score: what a statistic sustains before the event, and over as long in twins. docs/theory.md, section 6.
'use strict';
const HOLD = 3;         // recordings in a row above the threshold
const STAYS = 10;       // recordings in a row that an event's level is held
const RUNS = 10;        // background runs, and as many twins
const FIRST_SEED = 1001;

/// Columns of a row: 0 the step, 1 the alarm, then order parameters, then signals.
function columnsOf(description) {
  const names = ['step', 'alarm', ...description.orders, ...description.signals];
  return Object.fromEntries(names.map((name, i) => [name, i]));
}

/// The recording at which the first event is half-way and stays; undefined when it does not come.
function eventAt(rows, width, description) {
  const event = description.events[0];
  if (!event) return undefined;
  const column = columnsOf(description)[event.order], count = rows.length / width;
  for (let i = 0, held = 0; i < count; ++i) {
    held = rows[i * width + column] >= event.target / 2 ? held + 1 : 0;
    if (held === STAYS || (held > 0 && i === count - 1)) return i - held + 1;
  }
  return undefined;
}

/// What can raise an alarm: a signal as it is, how far the mean loss has fallen within a window, or time itself.
function instrument(name, description, window) {
  const columns = columnsOf(description);
  if (name === 'clock') return (rows, width, i) => rows[i * width];
  if (name === 'slope') {
    const column = columns.mean_loss;
    return (rows, width, i) => rows[Math.max(0, i - window) * width + column] - rows[i * width + column];
  }
  return (rows, width, i) => rows[i * width + columns[name]];
}

/// The value held for HOLD recordings up to i.
function held(value, rows, width, i) {
  if (i + 1 < HOLD) return NaN;
  let least = Infinity;
  for (let j = i - HOLD + 1; j <= i; ++j) {
    const v = value(rows, width, j);
    if (!(v <= least)) least = Number.isNaN(v) ? NaN : least;
    else least = v;
    if (Number.isNaN(least)) return NaN;
  }
  return least;
}

/// The largest value held before recording `end`.
function highest(value, rows, width, end) {
  let top = -Infinity;
  for (let i = 0; i < end; ++i) {
    const v = held(value, rows, width, i);
    if (v > top) top = v;
  }
  return top;
}

/// The first recording before `end` whose held value exceeds the threshold; undefined when none does.
function alarmAt(value, rows, width, end, threshold) {
  for (let i = 0; i < end; ++i) if (held(value, rows, width, i) > threshold) return i;
  return undefined;
}

function median(values) {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b), middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/// The background runs of a request, both kinds, as they come.
class Background {
  constructor(engine, state, description, recordings, changed) {
    Object.assign(this, {engine, state, description, recordings, changed, runs: [], twins: [], stopped: false});
  }
  async train() {
    for (let k = 0; k < RUNS && !this.stopped; ++k) {
      for (const [kind, twin] of [['runs', {}], ['twins', {twin: 'true'}]]) {
        const request = requestOf(this.state, {seed: FIRST_SEED + k, ...twin});
        let whole;
        try {
          whole = await this.engine.ask('whole', {request, recordings: this.recordings});
        } catch {
          continue;  // a run that diverges is none; the run in front says why
        }
        if (this.stopped) return;
        this[kind].push({...whole, event: twin.twin ? undefined : eventAt(whole.rows, whole.width, this.description)});
        this.changed();
      }
    }
  }
  get events() { return this.runs.filter((run) => run.event !== undefined); }
  /// As long as twins are watched: until half of the runs have had their event.
  get horizon() { return median(this.events.map((run) => run.event)) ?? this.recordings; }
  /// The largest value that one in twenty twins, or fewer, exceeds.
  threshold(value) {
    const tops = this.twins.map((twin) => highest(value, twin.rows, twin.width, this.horizon)).sort((a, b) => b - a);
    return tops.length ? tops[Math.floor(tops.length / 20)] : Infinity;
  }
  /// {hit, runs, fires, twins, lead}: lead is the median over runs with the event, a miss counting 0, in steps.
  score(value, threshold) {
    const leads = this.events.map((run) => {
      const at = alarmAt(value, run.rows, run.width, run.event, threshold);
      return at === undefined ? 0 : run.rows[run.event * run.width] - run.rows[at * run.width];
    });
    const fires = this.twins.filter((t) => alarmAt(value, t.rows, t.width, this.horizon, threshold) !== undefined);
    return {hit: leads.filter((lead) => lead > 0).length, runs: leads.length, fires: fires.length, twins: this.twins.length,
            lead: median(leads)};
  }
}
