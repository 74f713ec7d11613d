// The playground's module under Node beside native builds of the same runs:
//   node same_bits.mjs MODULE.wasm PORTABLE_ROWS [OPENBLAS_ROWS]
// With linalg/portable all bits are the same, or the test fails. Beside OpenBLAS, how far losses are apart, and from where on more
// than a part in 10⁹, is printed.

import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

const RUNS = [
  [3301, 'deep-linear'], [3301, 'deep-linear', 'twin=true', 'seed=3'], [1200, 'deep-linear', 'dtype=float32'],
  [800, 'deep-linear', 'init=balanced', 'condition_number=10'], [401, 'schematic'], [4001, 'pitchfork'], [1500, 'fold'],
  [1500, 'metastable', 'seed=2'],
];

// The worker's own code, which says how a module is called: its function stands in place, with a place to answer to.
const source = readFileSync(fileURLToPath(new URL('../../tutorials/playground/engine.js', import.meta.url)), 'utf8');
const worker = new Function('postMessage', `let onmessage; ${source.replace('function engineWorker()', 'const engineWorker = () =>')};
  engineWorker(); return (data) => onmessage({data});`);

function ask(send, answers, data) {
  send({ticket: 0, ...data});
  const {answer, error} = answers.pop();
  if (error !== undefined) throw new Error(error);
  return answer;
}

function inModule(bytes, recordings, request) {
  const answers = [];
  const send = worker((answer) => answers.push(answer));
  ask(send, answers, {what: 'load', bytes});
  const {description, width} = ask(send, answers, {what: 'begin', id: 1, request});
  const {run} = ask(send, answers, {what: 'advance', id: 1, count: recordings, pictures: true});
  return {width, description, numbers: Float64Array.from([...run.rows, ...run.mode, ...run.covariance])};
}

function natively(program, recordings, words) {
  const bytes = execFileSync(program, [String(recordings), ...words], {maxBuffer: 1 << 30});
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/// The first number whose bits differ; all NaN are one.
function firstDifference(a, b) {
  if (a.length !== b.length) return 0;
  for (let i = 0; i < a.length; ++i) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

/// {largest, parted}: the largest difference of a loss relative to its recording's mean, and the first step where it is above 1e-9.
function distance(a, b, width, probes, recordings) {
  let largest = 0, parted;
  for (let r = 0; r < recordings; ++r) {
    let mean = 0, worst = 0;
    for (let i = (r + 1) * width - probes; i < (r + 1) * width; ++i) {
      mean += a[i] / probes;
      worst = Math.max(worst, Math.abs(a[i] - b[i]));
    }
    largest = Math.max(largest, worst / Math.abs(mean));
    if (parted === undefined && !(worst <= 1e-9 * Math.abs(mean))) parted = a[r * width];
  }
  return {largest, parted};
}

const [module, portable, openblas] = process.argv.slice(2);
const bytes = readFileSync(module);
let failures = 0;
for (const [recordings, ...words] of RUNS) {
  const here = inModule(bytes, recordings, words.join('\n')), native = natively(portable, recordings, words);
  const at = firstDifference(here.numbers, native);
  failures += at >= 0;
  let line = `${words.join(' ')}: ` + (at < 0 ? `the same ${native.length} numbers` :
    `number ${at % here.width} of recording ${Math.floor(at / here.width)} is ${here.numbers[at]} here, ${native[at]} natively`);
  if (openblas) {
    const {largest, parted} = distance(here.numbers, natively(openblas, recordings, words), here.width, here.description.blocks.length, recordings);
    line += `; beside OpenBLAS ${largest.toExponential(1)}` + (parted === undefined ? '' : `, more than 1e-9 from step ${parted} on`);
  }
  console.log(line);
}
process.exit(failures ? 1 : 0);
