import type { Key, Messages } from '../locales/en';
import { dates, numbers, regions } from './formats';
import { format, type Values } from './message';
import { prefs, setLanguage, type Language } from './prefs.svelte';
import { bytesIn, durationIn } from './units';

const locales = { en: 'en-GB', ja: 'ja-JP' } as const;
/** A reader's own language is fetched, and the other one when they change to it. What is drawn waits for it (main.ts): no text is ever seen without its words. */
const dictionaries: Record<Language, () => Promise<Messages>> = { en: async () => (await import('../locales/en')).en, ja: async () => (await import('../locales/ja')).ja };
const messages: Partial<Record<Language, Messages>> = {};
export async function loadLanguage(language: Language): Promise<void> {
  messages[language] ??= await dictionaries[language]();
}
export async function changeLanguage(language: Language): Promise<void> {
  await loadLanguage(language);
  setLanguage(language);
}
function words(): Messages {
  const there = messages[prefs.language];
  if (!there) throw new Error(`the words of ${prefs.language} are not loaded yet`);
  return there;
}

export const locale = (): string => locales[prefs.language];
export const t = (key: Key, values: Values = {}): string => format(words()[key], values, locale());

/** What a term of the field, such as a STIX type, is called in the reader's language, if it has a word. */
export function knownTerm(group: string, word: string, values: Values = {}): string | undefined {
  const key = `${group}.${word}`;
  if (Object.hasOwn(words(), key)) return format(words()[key as Key], values, locale());
  // A type that is seldom many has one word for one and for many.
  return group === 'types' ? knownTerm('type', word, values) : undefined;
}
/** The words of a group that have one. */
export const wordsOf = (group: string): string[] => Object.keys(words()).filter((key) => key.startsWith(`${group}.`)).map((key) => key.slice(group.length + 1));
/** The same, or the term as it is. */
export const term = (group: string, word: string, values: Values = {}): string => knownTerm(group, word, values) ?? word;

/** What an object is called: by its name, else by its type and the beginning of its id, which tells two of them apart. */
export const called = (id: string, type: string, name: string | undefined): string => (name ?? '').trim() || `${term('type', type)} ${id.slice(id.indexOf('--') + 2, id.indexOf('--') + 10)}`;

export const number = (n: number): string => numbers(locale()).format(n);

/** Galaxies write the number of a version where STIX has a time: what is before 1980 is no time. */
export function isTime(text: string | undefined): text is string {
  return text !== undefined && Date.parse(text) >= Date.UTC(1980, 0);
}
export function day(text: string | undefined): string {
  return isTime(text) ? dates(locale(), { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(text)) : '–';
}
export function moment(text: string | undefined): string {
  return isTime(text) ? `${dates(locale(), { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(new Date(text))} UTC` : '–';
}
export function country(code: string | undefined): string {
  if (!code) return '';
  try {
    return regions(locale()).of(code.toUpperCase()) ?? code;
  } catch {
    return code;
  }
}
/** Neither nothing nor all is said of what is only nearly so. */
export function percent(share: number): string {
  const said = (of: number, digits: number) => numbers(locale(), { style: 'percent', maximumFractionDigits: digits }).format(of);
  if (share > 0 && share < 0.0005) return `<${said(0.001, 1)}`;
  if (share < 1 && share >= 0.995) return share >= 0.9995 ? `>${said(0.999, 1)}` : said(share, 1);
  return said(share, share > 0 && share < 0.1 ? 1 : 0);
}
export const bytes = (n: number): string => bytesIn(n, locale());
export const duration = (seconds: number): string => durationIn(seconds, locale());
export const list = (words: string[]): string => words.join(prefs.language === 'ja' ? '、' : ', ');

/** When something is valid: from, until, both or not said. */
export function span(from: string | undefined, until: string | undefined): string {
  if (!isTime(from) && !isTime(until)) return '–';
  return `${isTime(from) ? day(from) : ''} – ${isTime(until) ? day(until) : ''}`.trim();
}
