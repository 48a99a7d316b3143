// What the audit log says in detail, in the reader's language. The log itself keeps what was written: data stays as it is.
import { auditJa, auditWordsJa } from '../locales/audit.ja';
import { term } from './i18n.svelte';
import { prefs } from './prefs.svelte';
import { said } from './sentences.svelte';

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
/** The places of a form in a text, or undefined where it is another text. {n} is a number. */
function placesOf(form: string, text: string): string[] | undefined {
  const pattern = form.split(/(\{n?\})/).map((part) => (part === '{}' ? '(.*)' : part === '{n}' ? '(\\d+)' : escaped(part)));
  return new RegExp(`^${pattern.join('')}$`, 's').exec(text)?.slice(1);
}
function formed(forms: readonly (readonly [string, string])[], text: string, inside: (word: string) => string): string | undefined {
  for (const [english, japanese] of forms) {
    const places = placesOf(english, text);
    if (places) return japanese.replace(/\{(\d)\}/g, (_, n: string) => inside(places[Number(n)] ?? ''));
  }
  return undefined;
}

/** Data with words in it, such as "email, role analyst": each by itself. */
function worded(action: string, text: string): string {
  const forms = Object.hasOwn(auditWordsJa, action) ? auditWordsJa[action] : undefined;
  return forms === undefined ? text : text.split(', ').map((word) => formed(forms, word, (data) => data) ?? word).join('、');
}
function told(action: string, detail: string): string {
  if (action === 'user-add' || action === 'welcome') return term('role', detail);
  if (prefs.language !== 'ja') return detail;
  if (action === 'backup-failed') return said(detail).text;
  return formed((Object.hasOwn(auditJa, action) && auditJa[action]) || [], detail, (data) => worded(action, data)) ?? worded(action, detail);
}
export function detailText(action: string, detail: string): string {
  // What came over the network ends with the address that it came from.
  const [, what = detail, address] = /^(?:(.*); )?from (\S+)$/s.exec(detail) ?? [];
  if (address === undefined) return told(action, detail);
  const words = what === detail ? '' : told(action, what);
  return prefs.language === 'ja' ? `${words}${words && '、'}接続元 ${address}` : `${words}${words && '; '}from ${address}`;
}
