// Indicators as /indicators lists them, and those that lead to an actor.
import { api } from './api.svelte';
import type { ActorProfile, Head, Neighbour, Page } from './types';

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
const ASKED_MOST = 120; // objects whose indicators are asked for, each by a request
const OF_ONE_MOST = 100;
const ORDER = ['report', 'campaign', 'malware', 'tool'];

/** Indicators of an actor's records and of `others` that are related to it; of reports those that speak of no other actor. What has more than were asked for has `next`. */
export async function indicatorsOf(profile: ActorProfile, others: Head[], signal: AbortSignal): Promise<{ of: Head; page: Page<Indicator> }[]> {
  const records = profile.records.map((r): Head => ({ id: r.id, type: 'intrusion-set', name: r.name, source: r.source, added: '' }));
  const own = new Set(records.map((one) => one.id));
  const sorted = [...others].sort((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type) || (b.modified ?? '').localeCompare(a.modified ?? ''));
  const aboutOthers = async (report: string) => (await api<Page<Neighbour>>(`/objects/${report}/neighbours?direction=out&type=intrusion-set,threat-actor&limit=50`, { signal })).items.some((one) => !own.has(one.object.id));
  const answers = await Promise.all(
    [...records, ...sorted].slice(0, ASKED_MOST).map(async (of) => {
      if (of.type === 'report' && (await aboutOthers(of.id))) return undefined;
      return { of, page: await api<Page<Indicator>>(`/indicators?related_to=${encodeURIComponent(of.id)}&revoked=false&limit=${OF_ONE_MOST}`, { signal }) };
    }),
  );
  return answers.filter((one) => one !== undefined);
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
