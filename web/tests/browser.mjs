// The portal in a browser (Debian's Chromium), against the built program with real knowledge: every page in both languages, both themes and two widths, photographed and
// judged by axe; and the ways that people go.
import { spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { join } from 'node:path';
import { address, ask, check, cookiesOf, expect, facts, finish, judge, open, photograph, pictures, publish, settled, signIn } from './kit.mjs';

/** RFC 6238. */
function totp(secret, at = Date.now()) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  return String((mac.readUInt32BE(mac[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/** It is in the window as it stands, without scrolling. */
async function within(page, what) {
  const { top, bottom, height } = await what.evaluate((box) => ({ ...box.getBoundingClientRect().toJSON(), height: innerHeight }));
  expect(top >= 0 && bottom <= height, `told at ${top}–${bottom} of a window of ${height}`);
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
  const typed = (await page.locator('section', { hasText: 'Second factor' }).locator('.value .mono').last().textContent()).trim();
  // As an authenticator does: what its camera reads is what it makes codes of.
  const read = async (picture) => {
    await page.getByRole('img', { name: 'QR code' }).screenshot({ path: picture });
    const done = spawnSync('zbarimg', ['--quiet', '--raw', picture], { encoding: 'utf8' });
    expect(done.status === 0, `the QR code is not readable: ${done.error ?? done.stderr}`);
    return done.stdout.trim();
  };
  const uri = await read(join(pictures, 'qr-light.png'));
  expect(uri === (await page.getByRole('link', { name: 'Open in an authenticator' }).getAttribute('href')), uri);
  await page.evaluate(() => (document.documentElement.dataset.theme = 'dark'));
  expect((await read(join(pictures, 'qr-dark.png'))) === uri, 'other in the dark theme');
  await judge({ page, wrong }, 'second-factor-en-dark-1440');
  await page.setViewportSize({ width: 390, height: 844 });
  await judge({ page, wrong }, 'second-factor-en-dark-390');
  // What was wrong is told beside the form, not above everything.
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.getByLabel('Code of six digits').fill('000000');
  await page.locator('form', { hasText: 'Switch on' }).getByLabel('Password').fill(facts.password);
  await page.keyboard.press('Enter');
  await page.locator('form', { hasText: 'Switch on' }).getByRole('alert').waitFor();
  await within(page, page.getByRole('alert'));
  await page.locator('form', { hasText: 'Change the password' }).getByLabel('Password until now').fill('not the password at all');
  await page.locator('form', { hasText: 'Change the password' }).getByLabel('New password').fill(facts.password);
  await page.keyboard.press('Enter');
  const refused = page.locator('form', { hasText: 'Change the password' }).getByRole('alert');
  await refused.waitFor();
  await within(page, refused);
  await page.setViewportSize({ width: 1440, height: 900 });
  const { protocol, pathname, searchParams } = new URL(uri);
  expect(protocol === 'otpauth:' && pathname.endsWith(`/Mozu:${facts.twofold}`) && searchParams.get('issuer') === 'Mozu' && searchParams.get('secret') === typed, uri);
  const secret = searchParams.get('secret');
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

await check('search box: a last word that is only begun keeps what was found before it', async () => {
  const { context, page } = await open({ cookies });
  await page.goto(address);
  await settled(page);
  await page.getByRole('combobox').fill(`${facts.word} xq`);
  await page.getByRole('option', { name: new RegExp(facts.word, 'i') }).nth(2).waitFor();
  await context.close();
});

await check('welcome: a link that was used says so at once, and leads to the sign-in', async () => {
  const { context, page, wrong } = await open();
  await page.goto(`${address}/welcome#used`);
  await page.getByText('This link is no longer good: it was used').waitFor();
  expect((await page.getByLabel('Name').count()) === 0 && (await page.getByText('Nobody can sign in yet').count()) === 0, 'the form is there');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Sign in', exact: true }).waitFor();
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});

await check('an account of feeds is told what it is for, and offered no search', async () => {
  const root = await open({ cookies });
  await root.page.goto(address);
  await settled(root.page);
  await ask(root.page, 'POST', '/users', { name: 'siem', role: 'feed-client', clearance: 'green', password: facts.password });
  await root.context.close();
  const shown = await open();
  await shown.page.goto(address);
  await signIn(shown.page, 'siem');
  await shown.page.getByRole('heading', { level: 1, name: 'This account is for programs' }).waitFor();
  await shown.page.getByText(`${address}/taxii2/`).waitFor();
  expect((await shown.page.getByRole('combobox').count()) === 0, 'a search that is refused is offered');
  await judge(shown, 'feed-account-en-light-1440');
  await shown.page.getByRole('link', { name: 'Make a token' }).click();
  await shown.page.getByLabel('Name of the token').fill('siem');
  await shown.page.getByRole('button', { name: 'Make a token' }).click();
  await shown.page.getByText(/^mozu_/).waitFor();
  expect(shown.wrong.length === 0, shown.wrong.join('\n'));
  await shown.context.close();
});

await check('notifications: a rule that another window changed is not overwritten', async () => {
  const { context, page, wrong } = await open({ cookies });
  let rule = { id: 'r1', version: 1, name: 'mine', enabled: true, channel: 'mail', language: 'en', rhythm: 'daily', hour: 8, weekday: 1, utc_offset: 0, filter: { events: [], kinds: ['apt'], actors: [], sectors: [], countries: [], tags: [], tlp: [] } };
  const answer = (route, status, json) => route.fulfill({ status, contentType: 'application/json', body: JSON.stringify(json) });
  await page.route('**/api/v1/notifications', (route) => answer(route, 200, { mail: true, webhook: false, address: 'a@b.example', tlp_max: 'TLP:GREEN' }));
  await page.route('**/api/v1/notifications/rules', (route) => answer(route, 200, { items: [rule] }));
  await page.route('**/api/v1/notifications/rules/r1', (route) => {
    const request = route.request();
    if (request.method() === 'GET') return answer(route, 200, rule);
    if (request.headers()['if-match'] !== `"${rule.version}"`) return answer(route, 412, { code: 'conflict', detail: 'the rule was changed meanwhile', hint: 'read it again and repeat the change' });
    rule = { ...rule, ...request.postDataJSON(), version: rule.version + 1 };
    return answer(route, 200, rule);
  });
  await page.goto(`${address}/account/notifications`);
  await page.getByRole('button', { name: 'Change “mine”' }).click();
  rule = { ...rule, version: 2, filter: { ...rule.filter, kinds: ['ics'] } };
  await page.getByLabel('Name', { exact: true }).fill('ours');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('What you did not touch is here as it is by now.').waitFor();
  expect((await page.getByLabel('Name', { exact: true }).inputValue()) === 'ours' && (await page.getByPlaceholder('apt, crimeware, ics').inputValue()) === 'ics', 'not as it is by now');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('heading', { level: 3, name: 'ours' }).waitFor();
  expect(rule.version === 3 && rule.filter.kinds[0] === 'ics', JSON.stringify(rule));
  expect(wrong.length === 0, wrong.join('\n'));
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

/** What the marking of the account page says, of somebody who signs in anew. */
async function clearanceOf(name, password = facts.password) {
  const { context, page } = await open();
  await page.goto(`${address}/account`);
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await page.getByRole('heading', { level: 1, name }).waitFor();
  const said = await page.locator('main .tlp').first().textContent();
  const seen = await page.evaluate(async () => (await (await fetch('/api/v1/publications?lang=en')).json()).items.filter((one) => one.slug === 'strict-words').length);
  await context.close();
  return `${said} ${seen}`;
}
await check('administration: a user is added with everything, edited, and sees by what was set; what others changed meanwhile is not lost', async () => {
  const shown = await open({ cookies });
  const { context, page, wrong } = shown;
  await page.goto(`${address}/admin`);
  await settled(page);
  const made = await ask(page, 'POST', '/publications', { slug: 'strict-words', kind: 'apt', tlp: 'amber+strict', texts: [{ language: 'en', title: 'Strict words', summary: 'For few.', full: 'Text.' }] });
  await publish(page, made);
  const add = page.locator('form', { hasText: 'Add a user' });
  await add.getByLabel('Name').fill('mio');
  await add.getByLabel('E-mail').fill('mio@mail.example');
  await add.getByLabel('Password').fill(facts.password);
  await add.getByLabel('Other sign-in').fill('nobody elsewhere');
  await add.getByLabel('TLP').selectOption('green');
  await add.getByRole('button', { name: 'Add a user' }).click();
  await page.getByText('this names nobody elsewhere').waitFor();
  await add.getByLabel('Other sign-in').fill('subject CN=mio');
  await add.getByRole('button', { name: 'Add a user' }).click();
  const row = page.getByRole('row', { name: /^mio / });
  await row.getByText('mio@mail.example').waitFor();
  expect((await clearanceOf('mio')) === 'TLP:GREEN 0', await clearanceOf('mio'));

  const edit = async () => {
    await page.getByRole('button', { name: 'Edit mio' }).click();
    await page.getByRole('dialog').waitFor();
  };
  const dialog = page.getByRole('dialog');
  const save = dialog.getByRole('button', { name: 'Save' });
  await edit();
  expect(await save.isDisabled(), 'nothing was touched yet');
  await dialog.getByLabel('TLP').selectOption('red');
  await dialog.getByLabel('Organisation').selectOption({ label: facts.organisation });
  await dialog.getByLabel('E-mail').fill('mio@other.example');
  // Somebody else is first: it is told, nothing of theirs is lost, and what was typed stays.
  await ask(page, 'PATCH', '/users/mio', { role: 'author', email: 'mio@third.example' });
  await save.click();
  await dialog.getByText('Somebody else changed this meanwhile').waitFor();
  await judge(shown, 'user-edit-conflict-en-light-1440', false);
  expect((await dialog.getByLabel('Role').inputValue()) === 'author' && (await dialog.getByLabel('E-mail').inputValue()) === 'mio@other.example', 'theirs or mine was lost');
  await save.click();
  await dialog.waitFor({ state: 'detached' });
  await page.getByText('Saved.').waitFor();
  await row.getByText('mio@other.example').waitFor();
  const now = await ask(page, 'GET', '/users/mio');
  expect(now.role === 'author' && now.clearance === 'TLP:RED' && now.email === 'mio@other.example' && now.external === 'subject CN=mio' && now.organisation > 0, JSON.stringify(now));
  expect((await clearanceOf('mio')) === 'TLP:RED 1', await clearanceOf('mio'));

  await edit();
  await dialog.getByLabel('New password').fill('mmmmmmmmmmmm');
  await save.click();
  await dialog.getByRole('alert').getByText('This password is too easy to guess').waitFor();
  await dialog.getByLabel('New password').fill('another horse battery');
  await dialog.getByLabel('TLP').selectOption('amber');
  await dialog.getByLabel('E-mail').fill('');
  await save.click();
  await dialog.waitFor({ state: 'detached' });
  expect((await clearanceOf('mio', 'another horse battery')) === 'TLP:AMBER 0', await clearanceOf('mio', 'another horse battery'));
  expect((await ask(page, 'GET', '/users/mio')).email === undefined, 'the address was not taken away');
  await page.getByRole('button', { name: `Edit ${facts.admin}` }).click();
  expect((await dialog.getByLabel('Role').isDisabled()) && (await dialog.getByLabel('Organisation').isDisabled()), 'nobody takes their own administration away');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.waitFor({ state: 'detached' });
  expect(wrong.length === 0, wrong.join('\n'));
  await context.close();
});
await check('administration: of an organisation, its administrator edits its people within their own clearance', async () => {
  const root = await open({ cookies });
  await root.page.goto(address);
  await settled(root.page);
  const organisation = (await ask(root.page, 'GET', '/organisations')).items.find((one) => one.name === facts.organisation).id;
  const person = (name, role, clearance) => ask(root.page, 'POST', '/users', { name, role, clearance, organisation, password: facts.password });
  await person('boss', 'administrator', 'amber');
  await person('junior', 'reader', 'green');
  await person('senior', 'reader', 'red');
  await root.context.close();
  const shown = await open();
  const { context, page, wrong } = shown;
  await page.goto(`${address}/admin`);
  await signIn(page, 'boss');
  const dialog = page.getByRole('dialog');
  const levels = () => dialog.getByLabel('TLP').locator('option').allTextContents();
  await page.getByRole('button', { name: 'Edit junior' }).click();
  expect((await levels()).join() === 'TLP:CLEAR,TLP:GREEN,TLP:AMBER', (await levels()).join());
  expect((await dialog.getByLabel('Organisation').count()) === 0, 'an organisation is not theirs to choose');
  await dialog.getByLabel('TLP').selectOption('amber');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('Saved.').waitFor();
  await page.getByRole('button', { name: 'Edit senior' }).click();
  expect((await levels()).join().endsWith('TLP:RED') && (await dialog.getByLabel('New password').count()) === 0, 'who is cleared for more');
  await page.keyboard.press('Escape');
  await page.goto(`${address}/admin/users/junior`);
  await page.getByText('TLP:AMBER').waitFor();
  await page.getByRole('button', { name: 'Edit', exact: true }).click();
  await dialog.getByLabel('E-mail').fill('junior@mail.example');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await page.getByText('junior@mail.example').waitFor();
  expect(wrong.length === 0, wrong.join('\n'));
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
  ['user-edit', '/admin', async (page) => {
    await page.locator('tbody button').first().click();
    await page.getByRole('dialog').waitFor();
  }],
  ['user', `/admin/users/${facts.reader}`],
  ['organisations', '/admin/organisations'],
  ['organisation', '/admin/organisations/1'],
  ['plans', '/admin/plans'],
  ['audit', '/admin/audit'],
  ['system', '/admin/system'],
  ['backups', '/admin/backups'],
  ['signin', '/'],
];

await photograph(shots, cookies, ['user-edit', 'actors', 'actor', 'attack', 'audit', 'indicators']);
await finish();
