// The layout beside the page, so that the page stays quick. In: bodies and heat, or that one was moved; out: places as they become, with the number of the question.
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
let number = 0;
let layout: Layout | undefined;
let steps = 0;
const channel = new MessageChannel();

function tell(): void {
  if (!layout) return;
  const x = layout.bodies.x.slice(), y = layout.bodies.y.slice();
  const answer: LayoutAnswer = { number, x, y, done: layout.done, steps };
  postMessage(answer, { transfer: [x.buffer, y.buffer] });
}
function work(): void {
  if (!layout) return;
  const until = performance.now() + TELL_MS;
  while (!layout.done) {
    layout.step();
    ++steps;
    if (performance.now() >= until) break;
  }
  tell();
  // By a message to itself, so that questions come in between.
  if (!layout.done) channel.port2.postMessage(0);
}
channel.port1.onmessage = work;

self.onmessage = (event: MessageEvent<LayoutQuestion | 'stop'>) => {
  if (event.data === 'stop') {
    layout = undefined;
    return;
  }
  number = event.data.number;
  const idle = layout === undefined || layout.done;
  layout = new Layout(event.data.bodies, event.data.heat);
  steps = 0;
  if (idle) channel.port2.postMessage(0);
};
