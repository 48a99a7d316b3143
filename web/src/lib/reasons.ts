import { term } from './i18n.svelte';
import type { Values } from './message';
import type { Reason } from './types';

/** The sentence of a reason in the reader's language; of a code that is not known here, as the server says it in English. */
export function reasonText(reason: Reason, english: string): string {
  const { code, relation: _, indicator: __, ...members } = reason;
  const values: Values = {};
  for (const [key, value] of Object.entries(members)) if (value !== undefined) values[key] = key === 'type' ? term('type', String(value)) : value;
  const said = term('reason', code, values);
  return said === code ? english : said;
}
