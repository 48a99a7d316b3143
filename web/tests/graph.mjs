// Research: the graph, actors compared, on a map and in time, layers of one's own, people's decisions.
import { readFileSync } from 'node:fs';
import { address, check, cookiesOf, expect, facts, finish, open, photograph, settled } from './kit.mjs';

const cookies = await cookiesOf();
const still = async (page) => {
  await page.locator('.work[aria-busy=false]').waitFor();
  await page.locator('.host[data-settled=true]').waitFor();
};
/** How many nodes the picture says there are. */
const sizeOf = async (page) => Number((await page.locator('.state').textContent()).match(/[\d,]+/)[0].replace(',', ''));
const sizeIs = (page, n) => page.waitForFunction((wanted) => Number(document.querySelector('.state').textContent.match(/[\d,]+/)[0].replace(',', '')) === wanted, n);
async function download(page, what) {
  const [got] = await Promise.all([page.waitForEvent('download'), what()]);
  return { name: got.suggestedFilename(), bytes: readFileSync(await got.path()) };
}

await check('graph: from an actor, unfolded, back and forth', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/actors/${facts.actor}`);
  await settled(page);
  await page.getByRole('link', { name: 'Show in graph' }).click();
  await page.waitForURL(/\/graph\?seed=/);
  await still(page);
  // An actor of several records begins with all of them: one is chosen by the keyboard, and unfolded.
  await page.locator('.host').focus();
  await page.keyboard.press('ArrowRight');
  await page.locator('.side h2 a').waitFor();
  const before = await sizeOf(page);
  await page.keyboard.press('Enter');
  await page.waitForFunction((n) => Number(document.querySelector('.state').textContent.match(/[\d,]+/)[0].replace(',', '')) > n, before);
  await still(page);
  const after = await sizeOf(page);
  await page.locator('.host').focus();
  await page.keyboard.press('Control+z');
  await sizeIs(page, before);
  await page.keyboard.press('Control+Shift+z');
  await sizeIs(page, after);
  await page.keyboard.press('Delete');
  await page.waitForFunction((n) => Number(document.querySelector('.state').textContent.match(/[\d,]+/)[0].replace(',', '')) < n, after);
  await page.getByRole('button', { name: 'Undo' }).click();
  await sizeIs(page, after);
  const hidden = page.locator('fieldset', { hasText: 'Types' }).getByRole('checkbox').first();
  await hidden.uncheck();
  await page.getByRole('link', { name: 'List' }).click();
  await page.getByRole('heading', { level: 2, name: /^Nodes/ }).waitFor();
  const listed = Number((await page.getByRole('heading', { level: 2, name: /^Nodes/ }).textContent()).match(/\d+/)[0]);
  await page.getByRole('button', { name: 'Show everything' }).click();
  await page.waitForFunction((n) => Number([...document.querySelectorAll('h2')].find((h) => h.textContent.startsWith('Nodes')).textContent.match(/\d+/)[0]) > n, listed);
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('graph: a value that two reports name is two nodes that belong together, with what names them, and goes on', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  await page.goto(`${address}/graph?value=cdn.amber-lynx.example`);
  await still(page);
  await page.locator('.side').getByRole('button', { name: 'Unfold', exact: true }).waitFor();
  await page.waitForFunction(() => Number(document.querySelector('.state').textContent.match(/[\d,]+/)[0].replace(',', '')) >= 4); // the reports are there
  await page.getByRole('link', { name: 'List' }).click();
  await page.getByRole('cell', { name: 'the same value as' }).waitFor();
  expect((await page.getByText(/_refs?$/).count()) === 0, 'a raw name of a relation');
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('graph: many neighbours come as a group, and piece by piece', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  // Of whatever knowledge there is, what has a kind of neighbours of more than forty.
  const hub = await page.evaluate(async (ids) => {
    for (const id of ids) {
      const counts = (await (await fetch(`/api/v1/objects/${id}/neighbour-counts`)).json()).items;
      if (counts.some((c) => c.count > 80 && !/_ref/.test(c.relation))) return id;
    }
  }, [facts.actor, facts.malware, ...(facts.hubs ?? [])]);
  if (!hub) return;
  await page.goto(`${address}/graph?seed=${hub}`);
  await still(page);
  await page.waitForFunction(() => document.querySelectorAll('.kinds li').length > 0);
  const before = await sizeOf(page);
  const row = page.locator('.kinds button:not(:disabled)').first();
  await row.click();
  await sizeIs(page, before + 40);
  await page.getByRole('link', { name: 'List' }).click();
  const group = page.locator('tr', { hasText: 'not shown' }).first();
  await group.getByRole('button', { name: /^Unfold/ }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('graph: kept, shown, opened by another, never overwritten blindly', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/graph?seed=${facts.actor}`);
  await still(page);
  await page.locator('.side').getByLabel('Note').fill('who is this?');
  await page.locator('.side').getByLabel('Verdict').selectOption('suspect');
  const size = await sizeOf(page);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByLabel('Title').fill('Herons <b>');
  await page.getByLabel('Show it to my organisation').check();
  await page.getByRole('button', { name: 'Save as my own' }).click();
  await page.waitForURL(/\/graph\?graph=/);
  await page.getByRole('heading', { level: 1, name: 'Herons <b>' }).waitFor();
  const at = page.url();
  // Somebody else sees it, and can keep only a copy.
  const reader = await open({ cookies: await cookiesOf(facts.reader) });
  await reader.page.goto(at);
  await reader.page.getByRole('heading', { level: 1, name: 'Herons <b>' }).waitFor();
  await still(reader.page);
  await sizeIs(reader.page, size);
  await reader.page.getByRole('button', { name: 'Save', exact: true }).click();
  expect((await reader.page.getByRole('button', { name: 'Save a copy' }).count()) === 0, 'a copy of what is none of ours is our own');
  await reader.page.getByRole('button', { name: 'Save as my own' }).click();
  await reader.page.waitForFunction((old) => location.href !== old && location.search.includes('graph='), at);
  // The owner in two windows: the second to save is told.
  const second = await context.newPage();
  await second.goto(at);
  await second.getByRole('heading', { level: 1, name: 'Herons <b>' }).waitFor();
  await second.getByRole('button', { name: 'Save', exact: true }).click();
  await second.locator('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await second.locator('dialog').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('dialog').getByRole('alert').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await page.locator('dialog li', { hasText: 'Herons <b>' }).first().waitFor();
  await page.keyboard.press('Escape');
  expect([...wrong, ...reader.wrong].length === 0, [...wrong, ...reader.wrong].join('\n'));
  await reader.context.close();
  await context.close();
});

await check('graph: taken along as picture, drawing, file and STIX; the file is opened again', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/graph?seed=${facts.actor}`);
  await still(page);
  await page.waitForFunction(() => document.querySelectorAll('.kinds li').length > 0);
  const size = await sizeOf(page);
  const form = page.getByLabel('Export…');
  const png = await download(page, () => form.selectOption('png'));
  expect(png.bytes.subarray(1, 4).toString() === 'PNG' && png.bytes.length > 2000, `${png.name}: ${png.bytes.length} bytes`);
  const svg = await download(page, () => form.selectOption('svg'));
  expect(svg.bytes.toString().startsWith('<svg ') && svg.bytes.toString().includes(facts.actorName), svg.name);
  const json = await download(page, () => form.selectOption('json'));
  await form.selectOption('stix');
  await page.getByLabel('Title').fill('To take along');
  await page.getByRole('button', { name: 'Save as my own' }).click();
  await page.locator('dialog').waitFor({ state: 'detached' });
  const bundle = JSON.parse((await download(page, () => form.selectOption('stix'))).bytes.toString());
  const grouping = bundle.objects.find((o) => o.type === 'grouping');
  expect(grouping?.name === 'To take along' && grouping.object_refs.includes(facts.actor), JSON.stringify(grouping));
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await sizeIs(page, 0);
  await page.locator('input[type=file]').setInputFiles({ name: 'evil.json', mimeType: 'application/json', buffer: Buffer.from('{"techniques":[]}') });
  await page.getByRole('status').getByText('is no graph').waitFor();
  await page.locator('input[type=file]').setInputFiles({ name: json.name, mimeType: 'application/json', buffer: json.bytes });
  await sizeIs(page, size);
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('graph: a value is added by hand, and words that are nothing are told', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/graph`);
  await settled(page);
  await page.getByPlaceholder('Value or name').fill(facts.actorName);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.locator('.found button', { hasText: facts.actorName }).first().click();
  await page.waitForFunction(() => Number(document.querySelector('.state').textContent.match(/\d+/)[0]) > 0);
  await page.getByPlaceholder('Value or name').fill('zzzzqqqq');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('Nothing is known by that name').waitFor();
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('ATT&CK: a layer of one\'s own is shown, and its cells tell more', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/attack?domain=${facts.domain}`);
  await page.locator('.matrix .cell').first().waitFor();
  const id = (await page.locator('.matrix .cell').first().getAttribute('href')).split('/').pop();
  const layer = { name: 'Our <i>coverage', domain: `${facts.domain}-attack`, techniques: [{ techniqueID: id, score: 80, comment: 'rules <b>for</b> it' }] };
  await page.locator('input[type=file]').setInputFiles({ name: 'bad.json', mimeType: 'application/json', buffer: Buffer.from('{"domain":"x","techniques":[]}') });
  await page.getByRole('status').getByText('is no layer').waitFor();
  await page.locator('input[type=file]').setInputFiles({ name: 'soc.json', mimeType: 'application/json', buffer: Buffer.from(JSON.stringify(layer)) });
  await page.locator('.matrix .cell.heat-5').first().waitFor();
  await page.locator('.matrix').focus();
  await page.keyboard.press('Tab');
  await page.getByRole('tooltip').getByText('rules <b>for</b> it').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('tooltip').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Close the layer' }).click();
  await page.waitForFunction(() => !location.search.includes('layer'));
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('actors: added to a comparison by typing, by arrows and by Enter, and what was suggested goes with its words', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/actors/compare`);
  const field = page.getByRole('combobox', { name: 'Add an actor' });
  const options = page.locator('#actor-options [role=option]');
  await field.pressSequentially(facts.actorName.slice(0, 5));
  await options.filter({ hasText: facts.actorName }).first().waitFor();
  await field.fill('no actor is called so');
  expect((await options.count()) === 0, 'what was suggested for other words is still there');
  await field.fill(facts.actorName);
  await field.press('Enter');
  await page.waitForURL(/compare\?id=[^,]+$/);
  await page.locator('.chip', { hasText: facts.actorName }).waitFor();
  expect((await field.inputValue()) === '' && (await options.count()) === 0, 'the field is not empty again');
  await field.pressSequentially(facts.otherActorName);
  await options.first().waitFor();
  await field.press('ArrowDown');
  await page.locator('#actor-options [aria-selected=true]').waitFor();
  await field.press('Enter');
  await page.waitForURL(/compare\?id=[^,]+,[^,]+$|compare\?id=[^,]+%2C[^,]+$/);
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('actors: compared, and the comparison is a layer', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/actors/${facts.actor}`);
  await settled(page);
  await page.getByRole('link', { name: 'Compare' }).click();
  await page.locator('tbody tr').first().waitFor();
  await page.goto(`${address}/actors/compare?id=${facts.actor},${facts.otherActor}`);
  await page.waitForFunction(() => document.querySelectorAll('thead .who').length >= 2);
  const layer = JSON.parse((await download(page, () => page.getByRole('button', { name: 'Navigator layer' }).click())).bytes.toString());
  expect(layer.versions.layer === '4.5' && layer.techniques.length > 0 && layer.techniques.every((x) => x.score >= 1 && x.score <= 2), JSON.stringify(layer).slice(0, 300));
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('actors: people decide who is one, take it back, and tag', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/actors/${facts.actor}`);
  await settled(page);
  await page.getByPlaceholder('Another name of this actor').fill(facts.otherActorName);
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await page.getByRole('button', { name: `${facts.otherActorName} is the same actor` }).click();
  await page.getByRole('heading', { level: 3, name: 'Decided by people' }).waitFor();
  await settled(page);
  await page.getByRole('button', { name: 'Take back' }).first().click();
  await page.getByRole('heading', { level: 3, name: 'Decided by people' }).waitFor({ state: 'detached' });
  await page.getByPlaceholder('New tag').fill('watched');
  await page.getByRole('button', { name: 'Tag', exact: true }).click();
  await page.getByRole('button', { name: 'Remove the tag watched' }).click();
  await page.getByRole('button', { name: 'Remove the tag watched' }).waitFor({ state: 'detached' });
  expect(wrong.length === 0, wrong.join('\n'));
  const reader = await open({ cookies: await cookiesOf(facts.reader) });
  await reader.page.goto(`${address}/actors/${facts.actor}`);
  await settled(reader.page);
  expect((await reader.page.getByPlaceholder('New tag').count()) + (await reader.page.getByPlaceholder('Another name of this actor').count()) === 0, 'a reader is offered what they may not do');
  await reader.context.close();
  await context.close();
});

const unfolded = async (page) => {
  await page.locator('.work[aria-busy=false]').waitFor();
  await page.waitForFunction(() => document.querySelectorAll('.kinds li, .names li').length > 0);
  if ((await page.locator('.host').count()) > 0) await page.locator('.host[data-settled=true]').waitFor();
};
await photograph(
  [
    ['graph', `/graph?seed=${facts.malware}`, unfolded],
    ['graph-list', `/graph?view=list&seed=${facts.malware}`, unfolded],
    ['graph-empty', '/graph'],
    ['compare', `/actors/compare?id=${facts.actor},${facts.otherActor}&show=shared`, (page) => page.locator('thead .who').first().waitFor()],
    ['compare-none', '/actors/compare'],
    ['actor-profile', `/actors/${facts.actor}`, (page) => page.locator('.heat svg').first().waitFor()],
  ],
  cookies,
  ['compare', 'actor-profile'],
);
await finish();
