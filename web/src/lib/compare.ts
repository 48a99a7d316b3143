// Several actors side by side: what several of them have, and what each has alone.
export const ACTORS_MOST = 4;

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
