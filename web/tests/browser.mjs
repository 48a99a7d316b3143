// The portal in a browser (Debian's Chromium), against the built program with real knowledge: every page in both languages, both themes and two widths, photographed and
// judged by axe; and the ways that people go.
//   node tests/browser.mjs ADDRESS PICTURES FACTS.json     ends with `N passed, N failed`
import { createRequire } from 'node:module';
import { createHmac } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [address, pictures, factsFile] = process.argv.slice(2);
const facts = JSON.parse(readFileSync(factsFile, 'utf8'));
for (const [name, fact] of Object.entries(facts)) if (!fact) throw new Error(`nothing is known of ${name}: was the knowledge imported?`);
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PATIENCE_MS = 15_000;
const only = process.env.ONLY ?? '';
mkdirSync(pictures, { recursive: true });

let passed = 0;
let failed = 0;
async function check(name, what) {
  if (!name.includes(only)) return;
  try {
    await what();
    passed += 1;
  } catch (error) {
    failed += 1;
    console.log(`FAILED ${name}: ${error instanceof Error ? error.message.split('\n').slice(0, 12).join('\n    ') : error}`);
  }
}
function expect(condition, text) {
  if (!condition) throw new Error(text);
}

// As an ordinary user Chromium keeps its own sandbox; root may not.
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: process.getuid?.() === 0 ? ['--no-sandbox'] : [] });

/** A page in which whatever goes wrong is a failure: errors of scripts, refusals of the policy, requests to others. */
async function open(settings = {}) {
  const context = await browser.newContext({ viewport: settings.viewport ?? { width: 1440, height: 900 }, locale: 'en-GB', reducedMotion: 'reduce', ...(settings.cookies ? { storageState: settings.cookies } : {}) });
  await context.addInitScript(({ language, theme }) => {
    if (location.protocol === 'about:') return;
    localStorage.setItem('mozu.language', language);
    localStorage.setItem('mozu.theme', theme);
  }, { language: settings.language ?? 'en', theme: settings.theme ?? 'light' });
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const wrong = [];
  page.on('pageerror', (error) => wrong.push(`script: ${error.message}`));
  page.on('console', (message) => {
    // Answers that say no (401 before signing in, 404 of what is absent) are told by the page itself.
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) wrong.push(`console: ${message.text()}`);
  });
  page.on('request', (request) => {
    if (!request.url().startsWith(address) && !request.url().startsWith('data:')) wrong.push(`asks others: ${request.url()}`);
  });
  return { context, page, wrong };
}
const settled = (page) => page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.skeleton, .old'));

/** RFC 6238. */
function totp(secret, at = Date.now()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

async function signIn(page, name = facts.admin) {
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(facts.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

// Ways that people go.
let cookies;
await check('sign-in: refused, then let in, and the address stays', async () => {
  const { context, page, wrong } = await open();
  await page.goto(`${address}/actors?name=bear`);
  await page.getByLabel('Name').fill(facts.admin);
  await page.getByLabel('Password').fill('not the password at all');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('alert').waitFor();
  await signIn(page);
  await page.getByRole('heading', { level: 1, name: 'Actors' }).waitFor();
  expect(page.url().endsWith('/actors?name=bear'), page.url());
  cookies = await context.storageState();
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});
if (!cookies) {
  const { context, page } = await open();
  await page.goto(address);
  await signIn(page);
  await page.locator('.rail').waitFor();
  cookies = await context.storageState();
  await context.close();
}

await check('second factor: set up, asked for, taken', async () => {
  const { context, page, wrong } = await open();
  await page.goto(`${address}/account`);
  await signIn(page, facts.analyst);
  await page.getByRole('button', { name: 'Set up' }).click();
  const secret = (await page.locator('section', { hasText: 'Second factor' }).locator('.value .mono').last().textContent()).trim();
  await page.getByLabel('Code of six digits').fill(totp(secret));
  await page.locator('form', { hasText: 'Switch on' }).getByLabel('Password').fill(facts.password);
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('The second factor is on.').first().waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, facts.analyst);
  // Each code is good once: the next one is taken, which the server allows for clocks that differ.
  await page.getByLabel('Code of six digits').fill(totp(secret, Date.now() + 30_000));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: facts.analyst }).waitFor();
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('search box: a defanged value leads to its lookup, a pasted list to all of them', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  await page.keyboard.press('/');
  await page.keyboard.type(facts.defanged);
  await page.getByRole('option').first().waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: facts.value }).waitFor();
  await page.locator('.verdict .zone').waitFor();
  const zone = await page.locator('.verdict .zone').textContent();
  expect(/bad|suspicious/i.test(zone), zone);
  await page.getByRole('combobox').focus();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, `${facts.value}\n192.0.2.200\nnothing.invalid`);
  await page.getByRole('heading', { level: 1, name: '3 values' }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 3);
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('search box: types ahead, arrows choose', async () => {
  const { context, page } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  await page.keyboard.press('/');
  await page.keyboard.type(facts.actorName.slice(0, 6));
  await page.getByRole('option', { name: facts.actorName }).first().waitFor();
  for (let i = 0; i < 12; ++i) {
    await page.keyboard.press('ArrowDown');
    if ((await page.locator('[aria-selected=true]').textContent()).includes(facts.actorName) && (await page.locator('[aria-selected=true]').textContent()).match(/Intrusion|actor/i)) break;
  }
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/actors\//);
  await context.close();
});

await check('keyboard: g a, j, Enter, ? and back', async () => {
  const { context, page } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  await page.keyboard.press('g');
  await page.keyboard.press('a');
  await page.locator('tbody tr').first().waitFor();
  await page.keyboard.press('j');
  await page.keyboard.press('j');
  await page.keyboard.press('k');
  await page.keyboard.press('Enter');
  await page.waitForURL(/\/actors\//);
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await page.goBack();
  await page.getByRole('heading', { level: 1, name: 'Actors' }).waitFor();
  await context.close();
});

await check('a report: read, judged, accepted', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/reviews`);
  await settled(page);
  await page.locator('input[type=file]').setInputFiles({ name: 'heron.txt', mimeType: 'text/plain', buffer: Buffer.from(facts.report) });
  await page.waitForURL(/\/reviews\/./);
  await page.locator('.findings li').first().waitFor();
  const all = await page.locator('.findings li').count();
  expect(all >= 3, `${all} findings`);
  await page.locator('.findings li').first().getByRole('button').nth(1).click();
  await page.locator('.findings li.refused').first().waitFor();
  await page.screenshot({ path: join(pictures, 'review-en-light-1440.png'), fullPage: true });
  await page.getByRole('button', { name: 'Accept the report' }).click();
  await page.getByText('The report is in the knowledge base.').waitFor();
  await page.getByRole('link', { name: 'Open it' }).click();
  await page.waitForURL(/\/objects\/report--/);
  await settled(page);
  facts.reviewed = true;
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('a reader sees no administration, and is told why', async () => {
  const { context, page } = await open();
  await page.goto(`${address}/admin`);
  await signIn(page, facts.reader);
  await page.getByRole('heading', { level: 1, name: 'You may not see this' }).waitFor();
  expect((await page.getByRole('link', { name: 'Administration' }).count()) === 0, 'the rail shows what may not be opened');
  await context.close();
});

await check('a server that cannot be reached is told, and asked again', async () => {
  const { context, page } = await open({ cookies });
  await page.goto(`${address}/actors`);
  await settled(page);
  await page.route('**/api/v1/sources', (route) => route.abort());
  await page.getByRole('link', { name: 'Sources' }).click();
  await page.getByRole('alert').getByText('The server cannot be reached').waitFor();
  await page.unroute('**/api/v1/sources');
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.locator('tbody tr').first().waitFor();
  await context.close();
});

// Every page, as it looks.
const shots = [
  ['home', '/'],
  ['lookup', `/lookup?value=${encodeURIComponent(facts.value)}`],
  ['lookup-name', `/lookup?value=${encodeURIComponent(facts.actorName)}`],
  ['lookup-unknown', '/lookup?value=nothing.invalid'],
  ['lookup-ask', '/lookup'],
  ['lookup-list', `/lookup#${[facts.value, '192.0.2.200', 'nothing.invalid', facts.actorName].map(encodeURIComponent).join(',')}`],
  ['search', `/search?q=${encodeURIComponent(facts.word)}`],
  ['search-empty', '/search?q=zzzzqqqq'],
  ['actors', '/actors'],
  ['actor', `/actors/${facts.actor}`],
  ['attack', `/attack?domain=${facts.domain}`],
  ['attack-of', `/attack?domain=${facts.domain}&of=${facts.actor}`],
  ['technique', `/attack/${facts.technique}`],
  ['object', `/objects/${facts.malware}`],
  ['absent', '/objects/malware--00000000-0000-4000-8000-000000000000'],
  ['indicators', '/indicators'],
  ['sources', '/sources'],
  ['reviews', '/reviews'],
  ['account', '/account'],
  ['users', '/admin'],
  ['audit', '/admin/audit'],
  ['signin', '/'],
];

for (const language of ['en', 'ja'])
  for (const theme of ['light', 'dark'])
    for (const width of [1440, 390]) {
      const settings = { language, theme, viewport: { width, height: width === 390 ? 844 : 900 } };
      const inside = await open({ ...settings, cookies });
      const outside = await open(settings);
      for (const [name, at] of shots)
        await check(`${name} ${language} ${theme} ${width}`, async () => {
          const { page, wrong } = name === 'signin' ? outside : inside;
          wrong.length = 0;
          await page.goto('about:blank');
          await page.goto(address + at);
          await settled(page);
          expect((await page.locator('.rail').count()) === (name === 'signin' ? 0 : 1), 'signed in where one should not be, or not where one should');
          const lang = await page.evaluate(() => [document.documentElement.lang, document.documentElement.dataset.theme]);
          expect(lang[0] === language && lang[1] === theme, `language and theme: ${lang}`);
          await page.screenshot({ path: join(pictures, `${name}-${language}-${theme}-${width}.png`), fullPage: name !== 'actors' && name !== 'actor' && name !== 'attack' && name !== 'audit' && name !== 'indicators' });
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          expect(wide <= 0, `the page is ${wide} px wider than the window`);
          await page.evaluate(axe);
          const found = await page.evaluate(() => globalThis.axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] }));
          expect(found.violations.length === 0, found.violations.map((v) => `${v.id}: ${v.help}\n  ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160)).join('\n  ')}`).join('\n'));
          expect(wrong.length === 0, wrong.join('\n'));
        });
      await inside.context.close();
      await outside.context.close();
    }

await browser.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
