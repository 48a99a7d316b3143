// How fluid the research graph is, in the Chromium here: graphs of several sizes are opened from a file, laid out, moved and zoomed.
//   node tests/bench-graph.mjs ADDRESS NAME PASSWORD [SIZE…]     from build/web; a `mozu serve` must stand at ADDRESS. Prints a table (docs/portal-benchmarks.md).
import { chromium } from 'playwright-core';

const [address, name, password, ...sizes] = process.argv.slice(2);
const MOVED_MS = 3000;
const PATIENCE_MS = 600_000;

/** As knowledge about threats looks: indicators around malware, a fifth of them around two, malware around actors. */
function graphOf(count) {
  const id = (type, n) => `${type}--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
  const malware = Math.max(2, Math.round(count / 50)), actors = Math.max(1, Math.round(count / 1000));
  const nodes = [], edges = [];
  let seed = 7;
  const random = (most) => ((seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648) * most | 0;
  for (let i = 0; i < actors; ++i) nodes.push({ id: id('intrusion-set', i), name: `Actor ${i}`, source: 'made' });
  for (let i = 0; i < malware; ++i) {
    nodes.push({ id: id('malware', i), name: `Malware ${i}`, source: 'made' });
    edges.push({ from: id('intrusion-set', random(actors)), to: id('malware', i), relation: 'uses' });
  }
  for (let i = 0; nodes.length < count; ++i) {
    nodes.push({ id: id('indicator', i), name: `${i}.example`, source: 'made' });
    edges.push({ from: id('indicator', i), to: id('malware', random(malware)), relation: 'indicates' });
    if (i % 5 === 0) edges.push({ from: id('indicator', i), to: id('malware', random(malware)), relation: 'indicates' });
  }
  return { mozu_graph: 1, title: `${count} nodes`, nodes, edges, groups: [], places: [] };
}

/** Frames while something moves the picture on each of them: how many a second, and the longest time without one. */
async function moved(page, how) {
  return page.evaluate(([how, ms]) => new Promise((done) => {
    const canvas = document.querySelector('canvas');
    const box = canvas.getBoundingClientRect();
    const at = (n) => ({ clientX: box.left + 4 + 150 * Math.abs(Math.sin(n / 20)), clientY: box.top + 4 + 90 * Math.abs(Math.sin(n / 15)), pointerId: 1, bubbles: true, cancelable: true });
    const press = (type, n) => canvas.dispatchEvent(new PointerEvent(type, { ...at(n), button: 0 }));
    // Of synthetic events no pointer is captured.
    canvas.setPointerCapture = () => {};
    if (how === 'pan') press('pointerdown', 0);
    const begun = performance.now();
    let frames = 0, last = begun, longest = 0;
    const step = (now) => {
      longest = Math.max(longest, now - last);
      last = now;
      ++frames;
      if (how === 'pan') press('pointermove', frames);
      else canvas.dispatchEvent(new WheelEvent('wheel', { ...at(frames), deltaY: frames % 60 < 30 ? -40 : 40 }));
      if (now - begun < ms) return requestAnimationFrame(step);
      if (how === 'pan') press('pointerup', frames);
      done({ frames_s: (frames * 1000) / (now - begun), longest_ms: longest });
    };
    requestAnimationFrame(step);
  }), [how, MOVED_MS]);
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });
const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, locale: 'en-GB' });
const page = await context.newPage();
page.setDefaultTimeout(PATIENCE_MS);
await page.goto(address);
await page.getByLabel('Name').fill(name);
await page.getByLabel('Password').fill(password);
await page.getByRole('button', { name: 'Sign in', exact: true }).click();
await page.locator('.rail').waitFor();

console.log(`Chromium ${browser.version()}, ${new Date().toISOString().slice(0, 10)}\n`);
console.log('| nodes | edges | first picture | pan while it is laid out | laid out | drawing one picture | pan | zoom | longest gap |');
console.log('|---|---|---|---|---|---|---|---|---|');
for (const size of sizes.length > 0 ? sizes.map(Number) : [2000, 10_000, 50_000]) {
  await page.goto(`${address}/graph`);
  await page.locator('.host').waitFor();
  const graph = graphOf(size);
  await page.evaluate((text) => {
    const input = document.querySelector('input[type=file]');
    const files = new DataTransfer();
    files.items.add(new File([text], 'graph.json'));
    input.files = files.files;
    const canvas = document.querySelector('canvas');
    const before = Number(canvas.dataset.pictures ?? 0);
    globalThis.begun = performance.now();
    globalThis.first = new Promise((done) => {
      const look = () => (Number(canvas.dataset.pictures) > before && /[1-9]/.test(document.querySelector('.state').textContent) ? done(performance.now() - globalThis.begun) : requestAnimationFrame(look));
      look();
    });
    globalThis.laid = new Promise((done) => {
      const look = () => (document.querySelector('.host').dataset.settled === 'true' && Number(canvas.dataset.pictures) > before + 1 ? done(performance.now() - globalThis.begun) : setTimeout(look, 20));
      look();
    });
    input.dispatchEvent(new Event('change', { bubbles: true }));
  }, JSON.stringify(graph));
  const first = await page.evaluate(() => globalThis.first);
  const during = size > 5000 ? await moved(page, 'pan') : undefined;
  const laid = await page.evaluate(() => globalThis.laid);
  await page.getByRole('button', { name: 'Fit' }).click();
  const before = Number(await page.locator('canvas').getAttribute('data-pictures'));
  await page.waitForFunction((n) => Number(document.querySelector('canvas').dataset.pictures) > n, before);
  const pan = await moved(page, 'pan'), zoom = await moved(page, 'zoom');
  const drawn = await page.locator('canvas').getAttribute('data-paint');
  const rate = (m) => (m ? `${m.frames_s.toFixed(0)} frames/s` : '–');
  console.log(`| ${size} | ${graph.edges.length} | ${first.toFixed(0)} ms | ${rate(during)} | ${(laid / 1000).toFixed(1)} s | ${Number(drawn).toFixed(0)} ms | ${rate(pan)} | ${rate(zoom)} | ${Math.max(pan.longest_ms, zoom.longest_ms).toFixed(0)} ms |`);
  if (process.env.SHOT) await page.screenshot({ path: `${process.env.SHOT}-${size}.png` });
}
await browser.close();
