// What the server says in sentences, in the reader's language where there is one for it.
import { prefs } from './prefs.svelte';

interface Said {
  text: string;
  lang: 'en' | 'ja';
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** Fetched when a sentence is told in Japanese for the first time: it is seldom needed, and none of the first page. Until then sentences stay as they are. */
let forms = $state.raw<[RegExp, string][] | undefined>();
let asked: Promise<void> | undefined;
/** The longest first: of two that fit, it says more of its own. */
const formsOf = (table: Record<string, string>): [RegExp, string][] =>
  Object.entries(table)
    .sort(([a], [b]) => b.replaceAll('{}', '').length - a.replaceAll('{}', '').length)
    .map(([english, japanese]) => [new RegExp(`^${english.split('{}').map(escaped).join('(.*?)')}$`, 's'), japanese]);
/** Done when sentences are told in Japanese. Without a connection they stay English, and the next one asks again. */
export const sentencesLoaded = (): Promise<void> =>
  (asked ??= import('../locales/sentences.ja').then(
    ({ sentencesJa }) => void (forms = formsOf(sentencesJa)),
    () => void (asked = undefined),
  ));

const SENTENCE_MAX = 2000; // longer ones hold what somebody sent, and are no words of the table

function japanese(english: string): string | undefined {
  if (english.length > SENTENCE_MAX) return undefined;
  // Where a form is wrong stands behind the sentence: "this is no text (/title)".
  const [, before, path] = /^(.*) \((\/[^\s()]*)\)$/s.exec(english) ?? [];
  for (const [form, text] of forms ?? []) {
    const found = form.exec(before ?? english);
    if (!found) continue;
    // What is filled in may be words of the table, too: "true or false", "a number from 1 to 10". What stands in quotes is somebody else's.
    const filled = text.replace(/(「?)\{(\d)\}/g, (_, quote: string, n: string) => {
      const word = found[Number(n) + 1] ?? '';
      return quote + ((quote === '' ? japanese(word) : undefined) ?? word);
    });
    return path === undefined ? filled : `${filled}(${path})`;
  }
  return undefined;
}

/** A sentence of the server as the reader is told it; one that is not known here stays as it is, and says so to screen readers. */
export function said(english: string): Said {
  if (prefs.language === 'ja' && forms === undefined) void sentencesLoaded();
  const text = prefs.language === 'ja' ? japanese(english) : undefined;
  return text === undefined ? { text: english, lang: 'en' } : { text, lang: 'ja' };
}
