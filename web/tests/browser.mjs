// The portal in a browser (Debian's Chromium), against the built program with real knowledge: every page in both languages, both themes and two widths, photographed and
// judged by axe; and the ways that people go.
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { address, check, cookiesOf, expect, facts, finish, judge, open, photograph, pictures, settled, signIn } from './kit.mjs';

/** RFC 6238. */
function totp(secret, at = Date.now()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
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
cookies ??= await cookiesOf();

// Of an account of its own: whoever else signs in as the same one would be asked for a code.
await check('second factor: set up, asked for, taken', async () => {
  const { context, page, wrong } = await open();
  await page.goto(`${address}/account`);
  await signIn(page, facts.twofold);
  await page.getByRole('button', { name: 'Set up' }).click();
  const secret = (await page.locator('section', { hasText: 'Second factor' }).locator('.value .mono').last().textContent()).trim();
  await page.getByLabel('Code of six digits').fill(totp(secret));
  await page.locator('form', { hasText: 'Switch on' }).getByLabel('Password').fill(facts.password);
  await page.getByRole('button', { name: 'Switch on' }).click();
  await page.getByText('The second factor is on.').first().waitFor();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await signIn(page, facts.twofold);
  // Each code is good once: the next one is taken, which the server allows for clocks that differ.
  await page.getByLabel('Code of six digits').fill(totp(secret, Date.now() + 30_000));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: facts.twofold }).waitFor();
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
  const { context, page, wrong } = await open({ cookies });
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
  expect(wrong.length === 0, wrong.join('\n'));
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

await check('a list of which more cannot be had keeps what is there, tells why, and goes on', async () => {
  const shown = await open({ cookies });
  const { context, page, wrong } = shown;
  await page.goto(`${address}/search?q=${facts.word}`);
  await settled(page);
  // As with very many: the page ends after three, and the next one does not come.
  let fails = true;
  const first = await page.evaluate(async (word) => (await (await fetch(`/api/v1/search?q=${word}&limit=3`)).json()), facts.word);
  expect(first.items.length === 3 && first.next, JSON.stringify(first).slice(0, 200));
  await page.route('**/api/v1/search?*', (route) => {
    const url = new URL(route.request().url());
    if (!url.searchParams.has('cursor')) return route.fulfill({ status: 200, contentType: 'application/json', body: JSON.stringify({ ...first, facets: {} }) });
    if (fails) return route.fulfill({ status: 503, contentType: 'application/problem+json', body: JSON.stringify({ status: 503, code: 'busy', detail: 'too much is waiting already', hint: 'try again in a moment' }) });
    url.searchParams.delete('facets');
    url.searchParams.set('limit', '3');
    return route.continue({ url: url.toString() });
  });
  await page.reload();
  await settled(page);
  await page.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('alert').getByText('The server is busy').waitFor();
  expect((await page.locator('.hits li').count()) === 3, 'what was there stays');
  await judge(shown, 'search-more-failed-en-light-1440');
  fails = false;
  await page.getByRole('button', { name: 'Try again' }).click();
  await page.waitForFunction(() => document.querySelectorAll('.hits li').length > 3);
  expect((await page.getByRole('alert').count()) === 0 && wrong.length === 0, 'nothing is wrong any more');
  await context.close();
});
await check('administration: a plan is made, given, told to who reads by it, and a token taken back', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/admin/plans`);
  await settled(page);
  await page.getByLabel('Name (small').fill('trial');
  await page.getByLabel('Title for people').fill('Trial');
  await page.getByLabel('Trial: publications').fill('10');
  await page.getByLabel('Lookups').fill('200');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByLabel('Sectors').fill('energy, water');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'energy, water' }).waitFor();
  await page.getByRole('link', { name: 'Organisations' }).click();
  await page.getByRole('link', { name: facts.organisation }).click();
  await page.locator('select').selectOption('trial');
  await page.getByRole('button', { name: 'Give a plan' }).click();
  await page.getByText('0 of 10 opened').first().waitFor();
  await page.getByRole('button', { name: 'Give a plan' }).waitFor();
  const customer = await open();
  await customer.page.goto(`${address}/account`);
  await signIn(customer.page, facts.customer);
  await customer.page.getByText('0 of 10 opened').first().waitFor();
  await customer.page.getByLabel('Name of the token').fill('sensor');
  await customer.page.getByRole('button', { name: 'Make a token' }).click();
  await customer.page.getByText('Copy it now').waitFor();
  await customer.page.screenshot({ path: join(pictures, 'account-plan-en-light-1440.png'), fullPage: true });
  await page.getByRole('link', { name: facts.customer }).click();
  await page.getByRole('button', { name: 'Take back sensor' }).click();
  await page.getByText('has no tokens').waitFor();
  expect(wrong.length === 0 && customer.wrong.length === 0, [...wrong, ...customer.wrong].join('\n'));
  await customer.context.close();
  await context.close();
});

await check('administration: a backup is made, downloaded, and removed when one really means it', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/admin/backups`);
  await settled(page);
  await page.getByRole('button', { name: 'Make a backup' }).click();
  const name = page.getByRole('link', { name: /^Download mozu-/ });
  await name.first().waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), name.first().click()]);
  expect(/^mozu-\d{8}T\d{6}Z\.backup$/.test(download.suggestedFilename()), download.suggestedFilename());
  expect((await download.failure()) === null, 'the download failed');
  await page.goto(`${address}/admin/system`);
  await settled(page);
  expect(!(await page.getByText('none on this disk').count()), 'the system page knows no backup');
  await page.goBack();
  await page.getByRole('button', { name: /^Remove mozu-/ }).click();
  await page.getByRole('button', { name: /^Really remove mozu-/ }).click();
  await page.getByText('No backups on this disk yet').waitFor();
  await page.getByRole('button', { name: 'Make a backup' }).click();  // for the picture
  await name.first().waitFor();
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('sources: what two have in common leads to the indicators that both have', async () => {
  const { context, page, wrong } = await open({ cookies });
  for (const [source, hosts] of [['overlap-one', [1, 2, 3]], ['overlap-two', [2, 3, 4, 5]]]) {
    await page.goto(`${address}/sources`);
    await settled(page);
    await page.locator('summary', { hasText: 'Import a file' }).click();
    await page.locator('input[type=file]').setInputFiles({ name: 'list.txt', mimeType: 'text/plain', buffer: Buffer.from(hosts.map((n) => `overlap${n}.example\n`).join('')) });
    await page.getByLabel('Whose words these are').fill(source);
    await page.getByRole('button', { name: 'Import a file' }).click();
    await page.getByText(`${hosts.length} new`).waitFor();
  }
  await page.goto(`${address}/sources`);
  const cell = page.getByRole('link', { name: /^2 values of both overlap-one and overlap-two: 67/ });
  await cell.waitFor();
  await cell.click();
  await page.waitForURL(/source=overlap-one&also=overlap-two/);
  await page.getByText('overlap2.example').first().waitFor();
  expect((await page.locator('tbody tr').count()) === 2, 'not the two that both have');
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('false positives: marked where it was looked up, told why, listed, removed', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/lookup?value=overlap2.example`);
  await settled(page);
  await page.locator('summary', { hasText: 'Mark as a false positive' }).click();
  await page.getByRole('textbox', { name: 'Reason', exact: true }).fill('our own test host');
  await page.getByRole('button', { name: 'Mark', exact: true }).click();
  await page.getByText('marked as a false positive by admin: our own test host').first().waitFor();
  await page.goto(`${address}/indicators/false-positives`);
  await page.getByLabel('Values to mark').fill('hxxp://overlap3[.]example/a');
  await page.getByRole('textbox', { name: 'Reason', exact: true }).fill('a page of ours');
  await page.getByRole('button', { name: 'Mark', exact: true }).click();
  await page.getByRole('cell', { name: 'a page of ours' }).waitFor();
  await page.getByRole('button', { name: 'Remove overlap2.example', exact: true }).click();
  await page.getByRole('cell', { name: 'our own test host' }).waitFor({ state: 'detached' });
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('indicators: several are edited at once, and it is taken back', async () => {
  const { context, page, wrong } = await open({ cookies });
  await page.goto(`${address}/indicators?source=overlap-two`);
  await settled(page);
  await page.getByRole('button', { name: 'Select all shown' }).click();
  await page.locator('summary', { hasText: 'Edit 4 indicators' }).click();
  await page.getByLabel('Confidence').fill('7');
  await page.getByLabel('Add labels').fill('checked-by-hand');
  await page.getByRole('button', { name: 'Change 4 indicators' }).click();
  await page.getByText('4 indicators changed.').waitFor();
  await page.locator('summary', { hasText: 'Edits of many indicators' }).click();
  await page.getByText('confidence 7, +checked-by-hand').waitFor();
  await page.screenshot({ path: join(pictures, 'indicators-edited-en-light-1440.png'), fullPage: true });
  await page.getByRole('button', { name: /^Undo confidence 7/ }).click();
  await page.getByText('4 indicators are as they were before').waitFor();
  await page.getByText('undone', { exact: true }).waitFor();
  expect(wrong.length === 0, wrong.join('\n'));
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
  ['false-positives', '/indicators/false-positives'],
  ['indicators-both', '/indicators?source=overlap-one&also=overlap-two'],
  ['sources', '/sources'],
  ['reviews', '/reviews'],
  ['attribution', '/attribution'],
  ['account', '/account'],
  ['notifications', '/account/notifications'],
  ['users', '/admin'],
  ['user', `/admin/users/${facts.reader}`],
  ['organisations', '/admin/organisations'],
  ['organisation', '/admin/organisations/1'],
  ['plans', '/admin/plans'],
  ['audit', '/admin/audit'],
  ['system', '/admin/system'],
  ['backups', '/admin/backups'],
  ['signin', '/'],
];

await photograph(shots, cookies, ['actors', 'actor', 'attack', 'audit', 'indicators']);
await finish();
