// The worker: runs of the engine, each in a module of its own, so that one which fails takes nothing along.
'use strict';
function engineWorker() {
  let module = null;
  const live = new Map();  // by id: {run, twin}

  class Play {
    constructor(request) {
      let memory = null;
      const text = (at, size) => new TextDecoder().decode(new Uint8Array(memory.buffer, at, size));
      const imports = {
        page: {failed: (at, size) => { throw new Error(text(at, size)); }},
        // Nothing of a system is there: every call answers "not supported".
        wasi_snapshot_preview1: new Proxy({}, {get: () => () => 52}),
      };
      this.exports = new WebAssembly.Instance(module, imports).exports;
      memory = this.exports.memory;
      this.exports._initialize();
      const bytes = new TextEncoder().encode(request);
      new Uint8Array(memory.buffer).set(bytes, this.exports.text(bytes.length));
      this.handle = this.exports.start();
      this.width = this.exports.row_size(this.handle);
      const at = this.exports.describe(this.handle);
      this.description = JSON.parse(text(at, this.exports.text_size()));
    }
    numbers(at, count) { return new Float64Array(this.exports.memory.buffer, at, count); }
    advance() {
      const at = this.exports.advance(this.handle);
      return this.numbers(at, this.width);
    }
    get probes() { return this.description.blocks.length; }
    mode() {
      const at = this.exports.mode(this.handle);
      return this.numbers(at, this.probes).slice();
    }
    covariance() {
      const at = this.exports.covariance(this.handle);
      return this.numbers(at, this.probes ** 2).slice();
    }
  }

  const sides = {run: '', twin: '\ntwin=true'};
  const handlers = {
    load({bytes}) { module = new WebAssembly.Module(bytes); return {}; },
    begin({id, request}) {
      live.clear();
      const both = {};
      for (const side of Object.keys(sides)) both[side] = new Play(request + sides[side]);
      live.set(id, both);
      return {description: both.run.description, width: both.run.width};
    },
    advance({id, count, pictures}) {
      const both = live.get(id);
      if (!both) return {gone: true};
      const answer = {};
      for (const side of Object.keys(sides)) {
        const rows = new Float64Array(count * both[side].width);
        for (let i = 0; i < count; ++i) rows.set(both[side].advance(), i * both[side].width);
        answer[side] = {rows};
        if (pictures) Object.assign(answer[side], {mode: both[side].mode(), covariance: both[side].covariance()});
      }
      return answer;
    },
    // A whole run for the tallies: rows without their losses.
    whole({request, recordings}) {
      const play = new Play(request);
      const width = play.width - play.probes;
      const rows = new Float64Array(recordings * width);
      for (let i = 0; i < recordings; ++i) rows.set(play.advance().subarray(0, width), i * width);
      return {rows, width};
    },
  };
  onmessage = ({data}) => {
    try {
      postMessage({ticket: data.ticket, answer: handlers[data.what](data)});
    } catch (error) {
      postMessage({ticket: data.ticket, error: error.message});
    }
  };
}

/// A worker that answers with promises.
class Engine {
  constructor(bytes) {
    this.waiting = new Map();
    this.ticket = 0;
    const url = URL.createObjectURL(new Blob([`(${engineWorker})()`], {type: 'text/javascript'}));
    this.worker = new Worker(url);
    this.worker.onmessage = ({data}) => {
      const {resolve, reject} = this.waiting.get(data.ticket);
      this.waiting.delete(data.ticket);
      if (data.error === undefined) resolve(data.answer);
      else reject(new Error(data.error));
    };
    this.ask('load', {bytes});
  }
  ask(what, about) {
    const ticket = ++this.ticket;
    return new Promise((resolve, reject) => {
      this.waiting.set(ticket, {resolve, reject});
      this.worker.postMessage({ticket, what, ...about});
    });
  }
}

/// The module's bytes, which the page carries packed.
async function unpackModule(base64) {
  const packed = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
