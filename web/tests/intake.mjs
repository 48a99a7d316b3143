// What is given in and taken along: one place to drop anything, under which marking it becomes knowledge, a publication of it, lists looked up, the matrix narrowed.
import { readFileSync } from 'node:fs';
import { address, ask, check, cookiesOf, expect, facts, finish, judge, open, settled } from './kit.mjs';

const cookies = await cookiesOf();
const good = (wrong) => expect(wrong.length === 0, wrong.join('\n'));
const file = (name, text) => ({ name, mimeType: 'application/octet-stream', buffer: Buffer.from(text) });
const TIME = '2026-01-01T00:00:00.000Z';
const bundle = JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-0000000000e0', objects: [{ type: 'malware', spec_version: '2.1', id: 'malware--00000000-0000-4000-8000-0000000000e1', created: TIME, modified: TIME, name: 'Pochardware', is_family: true }] });
const report = (name) => `${name} returns
TLP:WHITE

The loader talks to cdn[.]pochard-intake[.]example with PowerShell (T1059.001) and asks hospitals of the healthcare sector in Japan.

rule pochard_loader {
  strings:
    $a = "pochard"
  condition:
    $a
}
`;
const rowsOf = (csv) => csv.trim().split('\n').slice(1);

await check('intake: knowledge is imported, a document becomes a review, each is told and led to', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/reviews`);
  await settled(page);
  const field = page.locator('.drop input[type=file]');
  await page.getByLabel('TLP').selectOption('green');
  await field.setInputFiles([file('pochard.json', bundle), file('pochard-table.csv', 'indicator,type\na.pochard-intake.example,domain\nb.pochard-intake.example,domain\n'), file('pochard.txt', report('Pochard')), file('broken.pdf', '%PDF-1.4\nbroken')]);
  await page.getByText('pochard.json is knowledge and was imported. stix').waitFor();
  await page.getByText('pochard-table.csv is knowledge and was imported. csv').waitFor();
  await page.getByText('pochard.txt is a report and waits for review.').waitFor();
  await page.getByRole('alert').waitFor();
  await judge({ page, wrong }, 'intake-en-light-1440');
  await page.getByRole('link', { name: 'pochard-table', exact: true }).click();
  await page.getByText('a.pochard-intake.example').first().waitFor();
  const known = await ask(page, 'GET', '/objects/malware--00000000-0000-4000-8000-0000000000e1');
  expect(known.tlp === 'TLP:GREEN', `imported as ${known.tlp}`);
  await context.close();
});

await check('intake: what was taken for knowledge is read as a report nevertheless', async () => {
  const cover = JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-0000000000f0', objects: [{ type: 'malware', spec_version: '2.1', id: 'malware--00000000-0000-4000-8000-0000000000f1', created: TIME, modified: TIME, name: 'Chipeauware', is_family: true, description: 'It talks to cdn[.]chipeau-intake[.]example.' }] });
  for (const [language, words, refused] of [['en', 'Read it as a report nevertheless', 'is knowledge, but could not be imported'], ['ja', 'レポートとしても読み取る', 'はナレッジですが、取り込めませんでした']]) {
    const { context, page, wrong } = await open({ cookies, language });
    await page.goto(`${address}/reviews`);
    await settled(page);
    const field = page.locator('.drop input[type=file]');
    // One whose name is no name of a source, so that it is not imported.
    await field.setInputFiles([file('chipeau.json', cover), file('.json', cover)]);
    await page.getByText(refused).waitFor();
    expect((await page.getByRole('button', { name: words }).count()) === 2, 'not each of the two may be read');
    await judge({ page, wrong }, `intake-nevertheless-${language}-light-1440`);
    await page.locator('li', { hasText: 'chipeau.json' }).getByRole('button', { name: words }).click();
    await page.waitForURL(/\/reviews\/[^/]+$/);
    const review = await ask(page, 'GET', `/reviews/${page.url().split('/').pop()}`);
    expect(review.file === 'chipeau.json' && review.title === 'chipeau.json' && review.findings.some((one) => JSON.stringify(one).includes('cdn.chipeau-intake.example')), JSON.stringify(review).slice(0, 600));
    const known = await ask(page, 'GET', '/objects/malware--00000000-0000-4000-8000-0000000000f1');
    expect(known.name === 'Chipeauware', 'what was imported stays');
    await page.goto(`${address}/sources`);
    await page.locator('details.panel summary').first().click();
    await page.locator('details.panel input[type=file]').setInputFiles(file('chipeau.json', cover));
    await page.locator('details.panel button.primary').click();
    await page.locator('details.panel').getByRole('button', { name: words }).click();
    await page.waitForURL(/\/reviews\/[^/]+$/);
    await context.close();
  }
});

await check('intake: a document says its marking, and who accepts chooses it and the source', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/reviews`);
  await settled(page);
  await page.locator('.drop input[type=file]').setInputFiles(file('pochard-white.txt', report('White Pochard')));
  await page.waitForURL(/\/reviews\/[^/]+$/);
  const tlp = page.locator('label.field', { hasText: 'TLP' }).locator('select');
  await tlp.waitFor();
  expect((await tlp.inputValue()) === 'clear', `the document says WHITE, the portal ${await tlp.inputValue()}`);
  await tlp.selectOption('amber');
  await page.getByLabel('Whose words these are').fill('Pochard watchers');
  await page.getByRole('button', { name: 'Accept the report' }).click();
  await page.getByRole('link', { name: 'Make a publication of it' }).waitFor();
  const review = await ask(page, 'GET', `/reviews/${page.url().split('/').pop()}`);
  const made = await ask(page, 'GET', `/objects/${review.report}`);
  expect(made.tlp === 'TLP:AMBER' && made.source === 'Pochard watchers', JSON.stringify([made.tlp, made.source]));
  // What was accepted is what the publication begins with.
  await page.getByRole('link', { name: 'Make a publication of it' }).click();
  await page.waitForFunction(() => document.querySelector('h1')?.textContent.includes('White Pochard'));
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.waitForURL(/\/publications\/[^/]+\/edit/);
  const draft = await ask(page, 'GET', `/publications/${/publications\/([^/]+)\//.exec(page.url())[1]}/draft`);
  await page.getByRole('link', { name: /^Files/ }).click();
  await page.getByText('rules.yar').first().waitFor();
  expect(draft.sectors.includes('healthcare') && draft.geography.includes('Japan') && draft.techniques.some((one) => one.id === 'T1059.001'), JSON.stringify([draft.sectors, draft.geography, draft.techniques]));
  good(wrong);
  await context.close();
});

await check('intake: a file is imported under the marking that one chooses', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/sources`);
  await settled(page);
  await page.getByText('Import a file').first().click();
  await page.locator('input[type=file]').setInputFiles(file('pochard-list.txt', 'c.pochard-intake.example\nd.pochard-intake.example\n'));
  await page.getByLabel('TLP').selectOption('amber+strict');
  await page.getByRole('button', { name: 'Import a file' }).click();
  await page.getByText(/2 objects, 2 new/).waitFor();
  const found = await ask(page, 'GET', '/indicators?value=c.pochard-intake.example');
  expect(found.items[0]?.tlp === 'TLP:AMBER+STRICT', JSON.stringify(found.items[0]?.tlp));
  good(wrong);
  await context.close();
});

await check('intake: the indicators of a publication are exported alone', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/publications/${facts.publication}`);
  await settled(page);
  await page.locator('#indicators summary', { hasText: 'Export' }).click();
  const [got] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'CSV', exact: true }).click()]);
  const rows = rowsOf(readFileSync(await got.path(), 'utf8'));
  const listed = await ask(page, 'GET', `/publications/${facts.publication}/items?limit=1000`);
  const values = listed.items.filter((one) => !['yara', 'sigma', 'suricata'].includes(one.type ?? one.kind));
  // A URL without a scheme is two values, and two rows, of one indicator.
  const ids = new Set(rows.map((row) => /indicator--[0-9a-f-]{36}/.exec(row)?.[0]));
  expect(values.length > 0 && ids.size === values.length && rows.every((row) => row.split(',')[2] === 'indicator' && row.split(',')[0] !== ''), `${ids.size} of ${values.length} indicators:\n${rows.join('\n').slice(0, 600)}`);
  good(wrong);
  await context.close();
});

await check('intake: a list that was looked up is narrowed, copied, exported, drawn', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/lookup#${[facts.value, 'nothing.invalid', '=1+1'].map(encodeURIComponent).join(',')}`);
  await settled(page);
  await page.getByRole('button', { name: /^Unknown/ }).click();
  await page.waitForFunction(() => !document.body.textContent.includes('loader.bin'));
  const taken = async () => {
    const [got] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'As CSV' }).click()]);
    return readFileSync(await got.path(), 'utf8');
  };
  const unknown = await taken();
  expect(unknown.includes('nothing.invalid') && !unknown.includes('loader.bin') && !/^=/m.test(unknown), unknown);
  await page.getByRole('button', { name: /^any/ }).click();
  expect(rowsOf(await taken()).length === 3, 'not every value is in the table');
  await judge({ page, wrong }, 'lookup-list-taken-en-light-1440');
  await page.getByRole('button', { name: 'Show in graph' }).click();
  await page.waitForURL(/\/graph$/);
  await page.waitForFunction(() => Number(/\d+/.exec(document.querySelector('.state')?.textContent ?? '')?.[0] ?? 0) > 0);
  good(wrong);
  await context.close();
});

await check('intake: the matrix is searched, narrowed by platform, and counts detections', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/attack?domain=${facts.domain}`);
  await settled(page);
  await page.locator('.matrix .cell').first().waitFor();
  const cells = () => page.locator('.matrix .cell').count();
  const all = await cells();
  const platforms = page.getByLabel('Platform');
  if ((await platforms.locator('option').count()) > 1) {
    await platforms.selectOption({ index: (await platforms.locator('option').count()) - 1 });
    await page.waitForFunction((n) => document.querySelectorAll('.matrix .cell').length < n, all);
    await platforms.selectOption('');
  }
  await page.getByLabel('Name or id').fill(facts.technique);
  await page.waitForFunction((n) => document.querySelectorAll('.matrix .cell').length < n, all);
  await page.locator(`.matrix .cell.sub[href="/attack/${facts.technique}"]`).first().waitFor();
  expect(new URL(page.url()).searchParams.get('q') === facts.technique, page.url());
  await page.getByLabel('Name or id').fill('no such technique');
  await page.getByText('No technique fits').waitFor();
  await page.getByRole('link', { name: 'Show all' }).click();
  await page.locator('.matrix .cell').first().waitFor();
  const technique = await ask(page, 'GET', `/lookup?value=${facts.technique}`);
  const id = technique.objects.find((one) => one.type === 'attack-pattern' && !one.revoked).id;
  const sighting = JSON.stringify({ type: 'bundle', id: 'bundle--00000000-0000-4000-8000-0000000000e2', objects: [{ type: 'sighting', spec_version: '2.1', id: 'sighting--00000000-0000-4000-8000-0000000000e3', created: TIME, modified: TIME, sighting_of_ref: id }] });
  await ask(page, 'POST', '/imports?source=logs&name=seen.json', sighting, 'application/octet-stream');
  await page.goto(`${address}/attack?domain=${facts.domain}&subs=true`);
  await page.getByLabel('Count').selectOption('detections');
  await page.locator(`.matrix .cell:not(.heat-0)[href="/attack/${facts.technique}"]`).first().waitFor();
  await judge({ page, wrong }, 'attack-detections-en-light-1440');
  await context.close();
});

await finish();
