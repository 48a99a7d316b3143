// The layout beside the page, so that the page stays quick. In: bodies and heat, 'stop', or 'easy' while somebody moves the picture; out: places as they become, with the
// number of the question. Where processors are few or busy, page and worker live on one share of them: a worker that never rests takes half of what the page has to draw with
// (measured: docs/portal-benchmarks.md). So as long as something moves it rests three times as long as it works, and tells nothing, since nothing new is drawn then anyway.
import { Layout, type Bodies } from './layout';

export interface LayoutQuestion {
  number: number;
  bodies: Bodies;
  heat: number;
}
export interface LayoutAnswer {
  number: number;
  x: Float32Array;
  y: Float32Array;
  done: boolean;
  steps: number;
}

const TELL_MS = 60;
const EASY_MS = 250; // after the last word of the page
const REST = 3; // times what a step took
const REST_MS_MIN = 12;
let number = 0;
let layout: Layout | undefined;
let steps = 0;
let easyUntil = 0;
let resting: ReturnType<typeof setTimeout> | undefined;
const channel = new MessageChannel();

function tell(): void {
  if (!layout) return;
  const x = layout.bodies.x.slice(), y = layout.bodies.y.slice();
  const answer: LayoutAnswer = { number, x, y, done: layout.done, steps };
  postMessage(answer, { transfer: [x.buffer, y.buffer] });
}
function work(): void {
  if (!layout) return;
  const begun = performance.now();
  const easy = begun < easyUntil;
  while (!layout.done) {
    layout.step();
    ++steps;
    if (easy || performance.now() - begun >= TELL_MS) break;
  }
  if (!easy || layout.done) tell();
  if (layout.done) return;
  if (easy) resting = setTimeout(work, Math.max(REST_MS_MIN, (performance.now() - begun) * REST));
  // By a message to itself, so that questions come in between.
  else channel.port2.postMessage(0);
}
channel.port1.onmessage = work;

self.onmessage = (event: MessageEvent<LayoutQuestion | 'stop' | 'easy'>) => {
  if (event.data === 'easy') {
    easyUntil = performance.now() + EASY_MS;
    return;
  }
  if (event.data === 'stop') {
    layout = undefined;
    clearTimeout(resting);
    return;
  }
  number = event.data.number;
  const idle = layout === undefined || layout.done;
  layout = new Layout(event.data.bodies, event.data.heat);
  steps = 0;
  if (idle) channel.port2.postMessage(0);
};
