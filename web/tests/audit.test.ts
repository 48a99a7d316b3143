// Details of the audit log in Japanese: the server writes each of the forms, data stays as it is, and nothing is said in another action's words.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { detailText } from '../src/lib/audit';
import { prefs } from '../src/lib/prefs.svelte';
import { auditJa, auditWordsJa } from '../src/locales/audit.ja';

const root = process.env['MOZU_SOURCE_DIR'] ?? new URL('../..', import.meta.url).pathname;
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(cpp|hpp)$/.test(name) && !name.includes('tests/'))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
  .join('\n');

describe('details of the audit log in Japanese', () => {
  beforeEach(() => void (prefs.language = 'ja'));
  afterEach(() => void (prefs.language = 'en'));
  it('are of forms that the server writes, of actions that it has', () => {
    for (const [action, forms] of [...Object.entries(auditJa), ...Object.entries(auditWordsJa)]) {
      expect(source.includes(`"${action}"`), action).toBe(true);
      for (const [english, japanese] of forms) {
        // "role analyst" is written as "role {}", "shared: " before what is told.
        const plain = english.replaceAll('{n}', '{}');
        const written = [plain, plain.replace(/^role .*/, 'role {}'), plain.replace(/\{\}$/, '')];
        expect(written.some((one) => source.includes(`"${one}"`)), `${action}: ${english}`).toBe(true);
        for (const [, n] of japanese.matchAll(/\{(\d)\}/g)) expect(Number(n), english).toBeLessThan(english.split(/\{n?\}/).length - 1);
      }
    }
  });
  it('tell what was done, and leave data as it is', () => {
    expect(detailText('user-change', 'email, role analyst, clearance TLP:GREEN, password, unlocked')).toBe('メールアドレス、役割: アナリスト、閲覧できる区分 TLP:GREEN、パスワード、ロック解除');
    expect(detailText('import', 'abuse: x from a: b.csv: 12 added, 3 updated')).toBe('abuse: x(a: b.csv): 追加 12、更新 3');
    expect(detailText('export', '12 objects, unmarked')).toBe('オブジェクト 12 件、TLP なし');
    expect(detailText('false-positive', '2 values: email, password')).toBe('値 2 件: email, password');
    expect(detailText('indicator-edit', '4 indicators: confidence 7, +checked')).toBe('インジケーター 4 件: 確度 7、+checked');
    expect(detailText('graph-change', 'shared: off')).toBe('組織と共有: off');
    expect(detailText('review', 'email')).toBe('email');
    expect(detailText('sign-in', 'from 192.0.2.1')).toBe('接続元 192.0.2.1');
    expect(detailText('notification-rule-change', 'on; from 2001:db8::1')).toBe('有効、接続元 2001:db8::1');
    expect(detailText('review', 'mail from kay; b.pdf; from 192.0.2.1')).toBe('mail from kay; b.pdf、接続元 192.0.2.1');
    expect(detailText('constructor', 'on')).toBe('on');
  });
  it('stay in English for who reads English, but for roles', () => {
    prefs.language = 'en';
    expect(detailText('user-change', 'email')).toBe('email');
    expect(detailText('user-add', 'feed-client')).toBe('Feed client');
    expect(detailText('user-add', 'reader; from 192.0.2.1')).toBe('Reader; from 192.0.2.1');
    expect(detailText('sign-in', 'from 192.0.2.1')).toBe('from 192.0.2.1');
  });
});
