// Sentences of the server in Japanese: it says each of them so, each place is told, and what is not known stays as it is.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { prefs } from '../src/lib/prefs.svelte';
import { said, sentencesLoaded } from '../src/lib/sentences.svelte';
import { problems } from '../src/locales/problems.en';
import { sentencesJa } from '../src/locales/sentences.ja';

const root = process.env['MOZU_SOURCE_DIR'] ?? new URL('../..', import.meta.url).pathname;
const source = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.(cpp|hpp)$/.test(name) && !name.includes('tests/'))
  .map((name) => readFileSync(join(root, 'src', name), 'utf8'))
  .join('\n')
  .replace(/"\s*\n\s*"/g, ''); // a long sentence stands in several lines

const inJapanese = (english: string) => {
  prefs.language = 'ja';
  const answer = said(english);
  prefs.language = 'en';
  return answer;
};

describe('sentences of the server', () => {
  it('stay as they are until the table is there, which is then asked for', async () => {
    expect(inJapanese("there is no plan 'gold'")).toEqual({ text: "there is no plan 'gold'", lang: 'en' });
    await sentencesLoaded();
    expect(inJapanese("there is no plan 'gold'").lang).toBe('ja');
  });
  it('are still said by it', () => {
    for (const english of Object.keys(sentencesJa)) {
      const text = english.replace(/^\{\}(?=[,;])|\{\}$/g, ''); // a list may be put behind it, or it behind another
      expect(source.includes(`"${text}`) || source.includes(`${text}"`), english).toBe(true);
    }
  });
  it('stand under headings for codes that it answers with, also for a file without a byte', () => {
    for (const key of Object.keys(problems).filter((one) => one.startsWith('problem.code.'))) expect(source, key).toContain(`"${key.slice('problem.code.'.length)}"`);
    expect(problems).toHaveProperty(['problem.code.file-empty']);
  });
  it('tell only what the server fills in', () => {
    for (const [english, japanese] of Object.entries(sentencesJa)) {
      const places = english.split('{}').length - 1;
      for (const [, n] of japanese.matchAll(/\{(\d)\}/g)) expect(Number(n), english).toBeLessThan(places);
      expect(japanese, english).toMatch(/[\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Han}]/u);
    }
  });
  it('are told in the language of the reader, with what was filled in and where', () => {
    expect(inJapanese("there is no plan 'gold'")).toEqual({ text: 'プラン「gold」はありません', lang: 'ja' });
    expect(inJapanese('this is not from 0 to 3650 (/days)')).toEqual({ text: '0~3650 の範囲にありません(/days)', lang: 'ja' });
    expect(inJapanese("the subscription to 'month' would have ended already, on 2020-02-01T00:00:00Z (/subscriptions/0/end)").text).toContain('「month」の契約は 2020-02-01T00:00:00Z に');
    expect(inJapanese("'limit' of the query is not a number from 1 to 1000").text).toBe('クエリの「limit」は、1~1000 の数でなければなりません');
    expect(inJapanese("'revoked' of the query is not true or false").text).toBe('クエリの「revoked」は、true か falseでなければなりません');
  });
  it('tell why something was found in a report', () => {
    expect(inJapanese('defanged')).toEqual({ text: '無害化して書かれている', lang: 'ja' });
    expect(inJapanese('alone in its line or cell, in a section of indicators').text).toBe('行またはセルに単独で書かれている、インジケーターの節にある');
    expect(inJapanese("a known name; 'STRONTIUM' is another name of APT28").text).toBe('知られている名前。「STRONTIUM」は APT28 の別名');
  });
  it('leave alone what somebody named so', () => {
    expect(inJapanese("there is no plan 'true or false'").text).toBe('プラン「true or false」はありません');
    expect(inJapanese('there is no such constructor').text).toBe('そのconstructorはありません');
  });
  it('that are not known stay as they are', () => {
    expect(inJapanese('the moon is full (/night)')).toEqual({ text: 'the moon is full (/night)', lang: 'en' });
    expect(said("there is no plan 'gold'")).toEqual({ text: "there is no plan 'gold'", lang: 'en' });
  });
  it('take no time, however long they are', () => {
    // A form that goes back and forth over one would take longer than a test may.
    for (const long of ['a', ' ', "' ", '} of the query is ', 'there is one already: ', ' is blank'].map((one) => one.repeat(2000).slice(0, 1999))) expect(inJapanese(long).text).not.toBe('');
    expect(inJapanese(' '.repeat(1_000_000)).lang).toBe('en');
  });
});
