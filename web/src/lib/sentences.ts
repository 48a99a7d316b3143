// What the server says in sentences, in the reader's language where there is one for it.
import { sentencesJa } from '../locales/sentences.ja';
import { prefs } from './prefs.svelte';

interface Said {
  text: string;
  lang: 'en' | 'ja';
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
let forms: [RegExp, string][] | undefined;
/** The longest first: of two that fit, it says more of its own. */
const formsOf = (): [RegExp, string][] =>
  (forms ??= Object.entries(sentencesJa)
    .sort(([a], [b]) => b.replaceAll('{}', '').length - a.replaceAll('{}', '').length)
    .map(([english, japanese]) => [new RegExp(`^${english.split('{}').map(escaped).join('(.*?)')}$`, 's'), japanese]));

const SENTENCE_MAX = 2000; // longer ones hold what somebody sent, and are no words of the table

function japanese(english: string): string | undefined {
  if (english.length > SENTENCE_MAX) return undefined;
  // Where a form is wrong stands behind the sentence: "this is no text (/title)".
  const [, before, path] = /^(.*) \((\/[^\s()]*)\)$/s.exec(english) ?? [];
  for (const [form, text] of formsOf()) {
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
  const text = prefs.language === 'ja' ? japanese(english) : undefined;
  return text === undefined ? { text: english, lang: 'en' } : { text, lang: 'ja' };
}
