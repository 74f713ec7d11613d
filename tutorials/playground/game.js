// Place your alarm: ten unknown runs, each shown up to now.
'use strict';
const ROUNDS = 10, GAME_SEED = 5001, ROUND_SECONDS = 8;
const RIVALS = ['shc', 'slope', 'clock'];

class Game {
  constructor(shown) {
    Object.assign(this, {shown, rounds: [], round: -1, over: false});
    // Half of the rounds are twins, in an order that another game does not repeat.
    this.kinds = Array.from({length: ROUNDS}, (_, k) => k % 2 === 1).sort(() => Math.random() - 0.5);
    this.seed = GAME_SEED + Math.floor(Math.random() * 1000) * ROUNDS;
  }
  async begin() {
    this.round += 1;
    const twin = this.kinds[this.round];
    const request = requestOf(this.shown.state, {seed: this.seed + this.round, ...(twin ? {twin: 'true'} : {})});
    const whole = await backgroundEngine.ask('whole', {request, recordings: this.shown.recordings});
    const event = twin ? undefined : eventAt(whole.rows, whole.width, this.shown.description);
    this.now = {...whole, twin, event, seen: 1, called: undefined, done: false};
    this.rounds.push(this.now);
    this.end = event ?? Math.round(background.horizon);
    $('game-round').textContent = TEXTS.game.round(this.round + 1);
    $('game-now').disabled = false;
    this.started = performance.now();
    requestAnimationFrame(() => this.frame());
  }
  frame() {
    if (this.now.done || this.over) return;
    // Towards the longest horizon, at one speed: how far a round has come says nothing of its kind.
    const passed = (performance.now() - this.started) / 1000 / ROUND_SECONDS;
    this.now.seen = Math.max(2, Math.round(passed * background.horizon));
    if (this.now.seen > this.end) return this.finish();
    this.draw();
    requestAnimationFrame(() => this.frame());
  }
  draw() {
    const {rows, width, seen} = this.now, columns = columnsOf(this.shown.description);
    const at = (name) => (i) => rows[i * width + columns[name]];
    const x = (i) => rows[i * width];
    drawLines($('game-chart'), {xEnd: 1.5 * rows[Math.round(background.horizon) * width], log: true,
      series: [{count: seen, x, at: at('mean_loss'), paint: colour('series-1'), width: 1.8},
               {count: seen, x, at: at('shc'), paint: colour('series-2'), dash: [5, 3]}]});
  }
  call() {
    this.now.called = this.now.seen;
    this.finish();
  }
  finish() {
    const {twin, called, event, rows, width} = this.now, words = TEXTS.game;
    this.now.done = true;
    $('game-now').disabled = true;
    let said;
    if (twin) said = called === undefined ? words.spared : words.fooled;
    else if (called === undefined || event === undefined) said = words.missed;
    else said = called < event ? words.called(rows[event * width] - rows[called * width]) : words.late;
    $('game-round').textContent = `${words.round(this.round + 1)}. ${said}`;
    if (this.round + 1 === ROUNDS) this.result();
    else setTimeout(() => !this.over && this.begin(), 1200);
  }
  /// The player's calls and the instruments' alarms on the same rounds.
  result() {
    const {description, window} = this.shown, words = TEXTS.game;
    const score = (who, alarm) => {
      const runs = this.rounds.filter((round) => round.event !== undefined), twins = this.rounds.filter((round) => round.twin);
      const leads = runs.map((round) => {
        const at = alarm(round, round.event);
        return at === undefined ? 0 : round.rows[round.event * round.width] - round.rows[at * round.width];
      });
      const fooled = twins.filter((round) => alarm(round, background.horizon) !== undefined);
      return words.row(who, leads.filter((lead) => lead > 0).length, runs.length, median(leads), fooled.length, twins.length);
    };
    const rows = [score(words.you, (round, end) => (round.called < end ? round.called : undefined))];
    for (const name of RIVALS) {
      const value = instrument(name, description, window), level = background.threshold(value);
      rows.push(score(words[name], (round, end) => alarmAt(value, round.rows, round.width, end, level)));
    }
    const line = (cells, tag) => element('tr', {}, ...cells.map((cell) => element(tag, {textContent: cell})));
    $('game-result').replaceChildren(
      element('h3', {textContent: words.done}),
      element('table', {}, line(words.head, 'th'), ...rows.map((row) => line(row, 'td'))), element('p', {textContent: words.rule}));
    $('game-start').disabled = false;
  }
}

function startGame() {
  if (game) game.over = true;
  $('game-result').replaceChildren();
  $('game-start').disabled = true;
  game = new Game({state: {...state}, description: play.description, recordings: play.recordings, window: play.window});
  game.begin().catch(fail);
}
