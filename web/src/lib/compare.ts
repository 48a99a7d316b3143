// Several actors side by side: what several of them have, and what each has alone.
import { fold } from './names';
import type { Actor } from './types';

export const ACTORS_MOST = 4;

const namesOf = (one: Actor): string[] => [one.name, one.attack_id ?? '', ...one.aliases.map((alias) => alias.name)];
/** Actors of whose names one holds the words; what begins with them comes first. */
export function suggested(actors: Actor[], words: string): Actor[] {
  const asked = fold(words);
  if (asked === '') return [];
  const rank = (one: Actor) => Math.min(...namesOf(one).map(fold).map((name, i) => (name === asked ? 0 : name.startsWith(asked) ? 2 : name.includes(asked) ? 4 : 9) + Number(i > 0)));
  return actors.map((one) => ({ one, at: rank(one) })).filter(({ at }) => at < 9).sort((a, b) => a.at - b.at).map(({ one }) => one);
}
/** Of what was found for some words, the actor that is meant beyond doubt: the only one, or the only one that bears them as a name; of several, the one whose first name it is. */
export function meant(found: Actor[], words: string): Actor | undefined {
  const same = (name: string) => fold(name) === fold(words);
  if (found.length === 1) return found[0];
  const bearing = found.filter((one) => namesOf(one).some(same));
  const first = bearing.filter((one) => same(one.name));
  return bearing.length === 1 ? bearing[0] : first.length === 1 ? first[0] : undefined;
}

export interface Row<T> {
  key: string;
  thing: T;
  /** By place of the actor. */
  has: boolean[];
  shared: number;
}

/** Of one list an actor, the union: what most have first, then by name. */
export function rowsOf<T>(lists: T[][], keyOf: (thing: T) => string, nameOf: (thing: T) => string): Row<T>[] {
  const rows = new Map<string, Row<T>>();
  lists.forEach((list, at) => {
    for (const thing of list) {
      const key = keyOf(thing);
      const row = rows.get(key) ?? { key, thing, has: lists.map(() => false), shared: 0 };
      if (!row.has[at]) ++row.shared;
      row.has[at] = true;
      rows.set(key, row);
    }
  });
  return [...rows.values()].sort((a, b) => b.shared - a.shared || nameOf(a.thing).localeCompare(nameOf(b.thing)));
}
export type Which = 'any' | 'shared' | 'all';
export const wanted = <T>(rows: Row<T>[], which: Which, actors: number): Row<T>[] => rows.filter((row) => which === 'any' || (which === 'shared' ? row.shared > 1 : row.shared === actors));

/** Of two sets: what share of all that either has both have (Jaccard), 0–1. */
export function alike<T>(rows: Row<T>[], a: number, b: number): number {
  const either = rows.filter((row) => row.has[a] || row.has[b]).length;
  return either === 0 ? 0 : rows.filter((row) => row.has[a] && row.has[b]).length / either;
}
