// A list of values that was looked up, taken along.
import { csvOf } from './csv';
import { reasonText } from './reasons';
import type { Answer } from './types';

const words = (list: (string | undefined)[]): string => [...new Set(list.filter((one) => one !== undefined && one !== ''))].join('; ');

/** A row a value; column names in English, for programs. */
export function answersCsv(answers: Answer[]): string {
  const rows = answers.map((a) => [
    a.canonical ?? a.value, a.value, a.type, a.zone, String(a.score), words(a.reason_details.map((reason, i) => reasonText(reason, a.reasons[i] ?? ''))), words((a.listed_by ?? []).map((l) => l.source)),
    words((a.warning_lists ?? []).map((one) => one.source)), a.first_seen ?? '', a.last_seen ?? '',
  ]);
  return csvOf([['value', 'asked', 'type', 'zone', 'score', 'reasons', 'sources', 'warning_lists', 'first_seen', 'last_seen'], ...rows]);
}

/** Objects that a graph begins with: of each value in turn, so that none takes the place of all others. */
export function seedsOf(answers: Answer[], idsOf: (answer: Answer) => string[], most: number): string[] {
  const lists = answers.map(idsOf);
  const out = new Set<string>();
  for (let at = 0; lists.some((ids) => at < ids.length); ++at)
    for (const ids of lists) {
      const id = ids[at];
      if (id !== undefined) out.add(id);
      if (out.size >= most) return [...out];
    }
  return [...out];
}
