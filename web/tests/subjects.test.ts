// What catalogues say in their own ways is said in the reader's words.
import { afterEach, expect, it } from 'vitest';
import { loadLanguage } from '../src/lib/i18n.svelte';
import { prefs } from '../src/lib/prefs.svelte';
import { motivationName, originDetail, originName, placeName, subjectName, tacticName } from '../src/lib/subjects';

afterEach(() => (prefs.language = 'en'));

it('one country has one name, however it is written', () => {
  expect(['RU', 'Russia', 'Russian Federation'].map(placeName)).toEqual(['Russia', 'Russia', 'Russia']);
  expect(placeName('Turkey')).toBe(placeName('TR'));
  expect(placeName("Korea (Democratic People's Republic of)")).toBe('North Korea');
  expect(placeName('Southeast Asia')).toBe('Southeast Asia');
});

it('phases are called as their tactics', () => {
  expect(tacticName('initial-access')).toBe('Initial Access');
  expect(tacticName('own-phase')).toBe('own-phase');
  expect(tacticName('initial-access', 'As the catalogue says')).toBe('As the catalogue says');
});

it('Japanese has words for sectors, motives, tactics and claims', async () => {
  await loadLanguage('ja');
  prefs.language = 'ja';
  expect(['Activists', 'Civil society', 'Political party', 'Private sector', 'Trade'].map((word) => subjectName('sector', word))).toEqual(['活動家', '市民社会', '政党', '民間企業', '貿易']);
  expect([motivationName('Espionage'), tacticName('initial-access', 'Initial Access'), placeName('China'), originName('Unknown')]).toEqual(['諜報', '初期アクセス', '中国', '不明']);
  expect([originDetail('attribution-confidence 50'), originDetail('Microsoft')]).toEqual(['確度 50', 'Microsoft']);
  expect(originDetail('suspected state sponsor (CFR)')).not.toMatch(/suspected/);
});
