// Indicators as /indicators lists them, and those that lead to an actor.
import type { Head, Page } from './types';

export interface Indicator extends Head {
  sequence: number;
  pattern_type?: string;
  pattern?: string;
  valid_from?: string;
  valid_until?: string;
  labels?: string[];
  values?: { kind: string; value: string }[];
}
/** Values shown of one indicator in a row of a table. */
export const VALUES_SHOWN = 3;

/** An indicator, and through what it leads to the actor: the actor's own record, its malware, a report that names both. */
export interface Leading {
  indicator: Indicator;
  through: Head[];
}
/** Of answers an object each indicator once, with all objects through which it came; what most lead to first, then what came last. */
export function leading(answers: { of: Head; page: Page<Indicator> }[]): Leading[] {
  const by = new Map<string, Leading>();
  for (const { of, page } of answers)
    for (const indicator of page.items) {
      const one = by.get(indicator.id) ?? { indicator, through: [] };
      if (!one.through.some((head) => head.id === of.id)) one.through.push(of);
      by.set(indicator.id, one);
    }
  return [...by.values()].sort((a, b) => b.through.length - a.through.length || b.indicator.sequence - a.indicator.sequence);
}
