// Where a stranger would stop: what a count on the first page leads to, what search finds is read, an actor's indicators, lists searched, paper, and the keyboard alone.
import { address, ask, check, cookiesOf, expect, facts, finish, judge, open, settled } from './kit.mjs';

const cookies = await cookiesOf();
const LISTED = 50; // at first, of a long list
const good = (wrong) => expect(wrong.length === 0, wrong.join('\n'));
/** Nothing comes any more: some pages go on asking (imports on their way), so the network is never idle. */
const still = (page) =>
  page.waitForFunction(() => {
    const before = globalThis.counted;
    globalThis.counted = document.querySelectorAll('main *').length;
    return globalThis.counted === before;
  }, undefined, { polling: 400 });
const A4 = { width: 794, height: 1123 };

await check('home: every count leads to what was counted', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  await page.locator('.tiles a').first().waitFor();
  const tiles = await page.locator('.tiles a').evaluateAll((links) => links.map((link) => [link.getAttribute('href'), Number(link.querySelector('strong').textContent.replace(/\D/g, ''))]));
  expect(tiles.length >= 4, `${tiles.length} counts`);
  for (const [href, counted] of tiles) {
    await page.goto(address + href);
    await settled(page);
    await page.locator('main [data-row], main .matrix a, main table a').first().waitFor({ timeout: 5000 }).catch(() => expect(false, `${href} shows nothing`));
    const listed = await page.locator('.hits li').count();
    expect(!href.startsWith('/search') || listed === Math.min(counted, LISTED), `${href} lists ${listed} of ${counted}`);
  }
  good(wrong);
  await context.close();
});

await check('search: a type without words is a list, which words narrow', async () => {
  const shown = await open({ cookies });
  const { context, page, wrong } = shown;
  await page.goto(`${address}/search?type=report`);
  await settled(page);
  await page.getByRole('heading', { level: 1, name: 'Reports' }).waitFor();
  expect((await page.locator('.hits li').count()) >= 3, 'the reports of the samples are not listed');
  await judge(shown, 'search-type-en-light-1440');
  await page.getByLabel('Words').fill('Amber Lynx');
  await page.getByLabel('Words').press('Enter');
  await page.waitForURL(/\/search\?type=report&q=Amber\+Lynx/);
  await page.locator('.hits li').first().waitFor();
  good(wrong);
  await context.close();
});

await check('search: what it finds of a publication is the publication, to be read', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/search?q=Amber%20Lynx&type=report`);
  await settled(page);
  await page.locator(`.hits a[href="/publications/${facts.publication}"]`).click();
  await page.getByRole('link', { name: 'Full report', exact: true }).waitFor();
  // Also from the object as it is kept, which links from outside may name.
  await page.goto(`${address}/objects/report--${facts.publication}`);
  await page.getByRole('link', { name: 'Read the publication' }).click();
  await page.waitForURL(`${address}/publications/${facts.publication}`);
  good(wrong);
  await context.close();
});

await check('search box: of a pasted report the values are looked up, and the words of a sentence can still be searched', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  await page.keyboard.press('/');
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData('text/plain', text);
    document.activeElement.dispatchEvent(new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }));
  }, facts.report);
  await page.getByRole('heading', { level: 1, name: '5 values' }).waitFor();
  await page.getByRole('row', { name: /files\.copper-heron\.example\/stage2\/loader\.bin/ }).waitFor();
  expect((await page.getByRole('row', { name: /second stage seen/ }).count()) === 0, 'a sentence is taken for a name');
  await page.keyboard.press('/');
  await page.keyboard.type('the loader was fetched from files[.]copper-heron[.]example by somebody');
  await page.getByRole('option', { name: /Search everything/ }).waitFor();
  await page.keyboard.press('Enter');
  await page.getByRole('heading', { level: 1, name: 'files.copper-heron.example' }).waitFor();
  good(wrong);
  await context.close();
});

await check('keyboard: each place of the menu has a key, which the help tells', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  await page.keyboard.press('?');
  await page.getByRole('dialog').getByText('Attribution').waitFor();
  await page.keyboard.press('Escape');
  for (const [key, name] of [['t', 'Attribution'], ['d', 'Users'], ['s', 'Sources'], ['p', 'Publications']]) {
    await page.keyboard.press('g');
    await page.keyboard.press(key);
    await page.getByRole('heading', { level: 1, name, exact: true }).waitFor();
  }
  good(wrong);
  await context.close();
});

await check('publication: who belongs to another organisation is not offered to edit it', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/publications/${facts.publication}`);
  await page.getByRole('link', { name: 'Edit', exact: true }).waitFor();
  await page.route(`**/api/v1/publications/${facts.publication}?*`, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, json: { ...(await response.json()), organisation: 999 } });
  });
  await page.reload();
  await page.getByRole('button', { name: 'Print' }).waitFor();
  expect((await page.getByRole('link', { name: 'Edit', exact: true }).count()) === 0, 'it is');
  good(wrong);
  await context.close();
});

const INDICATOR = 'indicator--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c2101';
const ACTOR = 'intrusion-set--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c2102';
const OTHER = 'intrusion-set--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c2103';
const AT = { spec_version: '2.1', created: '2026-11-01T00:00:00.000Z', modified: '2026-11-01T00:00:00.000Z' };
const indicator = (n, host) => ({ type: 'indicator', ...AT, id: `indicator--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c210${n}`, name: host, pattern: `[domain-name:value = '${host}']`, pattern_type: 'stix', valid_from: AT.created });
const report = (n, name, refs) => ({ type: 'report', ...AT, id: `report--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c210${n}`, name, published: AT.created, object_refs: refs });

await check('actor: its indicators, with what connects them; not those of a report that names others as well', async () => {
  const shown = await open({ cookies });
  const { context, page, wrong } = shown;
  await page.goto(address);
  await settled(page);
  const objects = [
    { type: 'intrusion-set', ...AT, id: ACTOR, name: 'Plain Dotterel' },
    { type: 'intrusion-set', ...AT, id: OTHER, name: 'Grey Dotterel' },
    indicator(1, 'one.plain-dotterel.example'), indicator(4, 'two.plain-dotterel.example'), indicator(5, 'three.grey-dotterel.example'),
    { type: 'relationship', ...AT, id: 'relationship--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c2106', relationship_type: 'indicates', source_ref: INDICATOR, target_ref: ACTOR },
    report(7, 'Plain Dotterel alone', [ACTOR, 'indicator--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c2104']),
    { ...indicator(1, 'shared.dotterels.example'), id: 'indicator--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c210b' }, { ...indicator(1, 'shared.dotterels.example'), id: 'indicator--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c210c' },
    report('d', 'Plain Dotterel again', [ACTOR, 'indicator--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c210b']), report('e', 'Grey Dotterel alone', [OTHER, 'indicator--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c210c']),
    report(8, 'Both dotterels', [ACTOR, OTHER, 'indicator--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c2105']),
  ];
  await ask(page, 'POST', '/imports?source=dotterels&name=dotterels.json', { type: 'bundle', id: 'bundle--6b1d0a37-5f0e-4c39-8d52-3f3a7e9c2109', objects }, 'application/json');
  await page.goto(`${address}/actors/${ACTOR}`);
  const table = page.getByRole('region', { name: 'Indicators' });
  await table.getByRole('row', { name: /one\.plain-dotterel\.example.*Plain Dotterel/ }).waitFor();
  await table.getByRole('row', { name: /two\.plain-dotterel\.example.*Plain Dotterel alone/ }).waitFor();
  expect((await table.getByText('three.grey-dotterel.example').count()) === 0, 'what belongs to another is told of it');
  await judge(shown, 'actor-indicators-en-light-1440');
  await page.goto(`${address}/actors/compare?id=${ACTOR},${OTHER}`);
  const common = page.getByRole('region', { name: 'Shared infrastructure and indicators' });
  await common.getByRole('row', { name: /shared\.dotterels\.example/ }).waitFor();
  expect((await common.locator('tbody tr').count()) === 1, 'not the one that reports of each name');
  good(wrong);
  await context.close();
});

await check('indicators: a value is found, defanged as well; words go to the search; what is related can be taken off', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/indicators?related_to=${ACTOR}`);
  await page.getByText('Related to Plain Dotterel').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await page.getByRole('button', { name: 'Show all' }).click();
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length > 1);
  await page.getByLabel('Value, or words').fill('two[.]plain-dotterel[.]example');
  await page.getByLabel('Value, or words').press('Enter');
  await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
  await page.getByRole('link', { name: 'two.plain-dotterel.example', exact: true }).waitFor();
  await page.getByLabel('Value, or words').fill('dotterel');
  await page.getByLabel('Value, or words').press('Enter');
  await page.waitForURL(/\/search\?q=dotterel&type=indicator/);
  good(wrong);
  await context.close();
});

await check('paper: light, without what can be pressed or filled in, and nothing stands on top of something else', async () => {
  const { context, page, wrong } = await open({ cookies, theme: 'dark', viewport: A4 });
  for (const at of [`/publications/${facts.publication}?view=full`, `/actors/${facts.actor}`, `/lookup?value=${encodeURIComponent(facts.value)}`]) {
    await page.emulateMedia({ media: 'screen' });
    await page.goto(address + at);
    await settled(page);
    await page.waitForLoadState('networkidle');
    await page.emulateMedia({ media: 'print' });
    const found = await page.evaluate(() => {
      const visible = (selector) => [...document.querySelectorAll(selector)].filter((one) => one.checkVisibility()).map((one) => one.outerHTML.slice(0, 80));
      const [red, green, blue] = getComputedStyle(document.body).color.match(/\d+/g).map(Number);
      return {
        // Grids are not broken between pages without parts of them lying on one another.
        grids: [...document.querySelectorAll('.page, .there, .stack')].filter((one) => getComputedStyle(one).display === 'grid').length,
        controls: visible('.rail, .top, main :is(button, input, select:not(.paper), textarea, a.button)'),
        folded: visible('main details:not([open], .paper)'),
        dark: red + green + blue < 300,
        wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
      };
    });
    expect(found.controls.length === 0, `${at}: ${found.controls.join(' ')}`);
    expect(found.folded.length === 0, `${at}: ${found.folded.join(' ')}`);
    expect(found.grids === 0 && found.dark && found.wide <= 0, `${at}: ${JSON.stringify(found)}`);
  }
  good(wrong);
  await context.close();
});

await check('keyboard: on every page the tabulator reaches whatever can be used, and it can be seen where one is', async () => {
  const { context, page, wrong } = await open({ cookies });
  const places = ['/', '/publications', `/publications/${facts.publication}`, '/publications/new', `/actors/${facts.actor}`, `/actors/compare?id=${facts.actor}`, `/lookup?value=${encodeURIComponent(facts.value)}`, '/sources', '/indicators?source=dotterels', '/reviews', '/account', '/admin', '/admin/plans', '/search?q=dotterel'];
  for (const at of places) {
    await page.goto(address + at);
    await settled(page);
    await still(page);
    await page.evaluate(() => {
      globalThis.unreached = new Set([...document.querySelectorAll('main :is(a[href], button:not(:disabled), input:not([tabindex="-1"], :disabled), select:not(:disabled), textarea, summary, [tabindex="0"])')].filter((one) => one.checkVisibility({ visibilityProperty: true })));
      globalThis.unseen = [];
      document.addEventListener('focusin', ({ target }) => {
        globalThis.unreached.delete(target);
        const style = getComputedStyle(target);
        // Parts of a date are marked by the browser itself.
        if (target.matches('main *') && !target.matches('h1, [type=date]') && style.outlineStyle === 'none' && style.boxShadow === 'none') globalThis.unseen.push(target.outerHTML.slice(0, 120));
      });
    });
    const many = await page.evaluate(() => globalThis.unreached.size);
    for (let i = 0; i < many + 60 && (await page.evaluate(() => globalThis.unreached.size)) > 0; ++i) await page.keyboard.press('Tab');
    const found = await page.evaluate(() => ({ unreached: [...globalThis.unreached].filter((one) => one.isConnected).map((one) => one.outerHTML.slice(0, 120)), unseen: globalThis.unseen }));
    expect(found.unreached.length === 0, `${at}: not reached: ${found.unreached.slice(0, 3).join(' ')}`);
    expect(found.unseen.length === 0, `${at}: no mark: ${found.unseen.slice(0, 3).join(' ')}`);
  }
  good(wrong);
  await context.close();
});

await finish();
