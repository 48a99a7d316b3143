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
export const ASKED_MOST = 120; // objects whose indicators are asked for, each by a request
const OF_ONE_MOST = 100;
const ORDER = ['report', 'campaign', 'malware', 'tool'];

export interface Found {
  answers: { of: Head; page: Page<Indicator> }[];
  /** There may be indicators that are not here: objects were not asked for theirs, or one has more. */
  more: boolean;
}

/** The objects whose indicators are asked for: an actor's records, then the others in order of how closely they are tied to it, `more` where some are left out. */
export function asked(profile: ActorProfile, others: Head[]): { heads: Head[]; more: boolean } {
  const records = profile.records.map((r): Head => ({ id: r.id, type: 'intrusion-set', name: r.name, source: r.source, added: '' }));
  const sorted = [...others].sort((a, b) => ORDER.indexOf(a.type) - ORDER.indexOf(b.type) || (b.modified ?? '').localeCompare(a.modified ?? ''));
  return { heads: [...records, ...sorted].slice(0, ASKED_MOST), more: records.length + sorted.length > ASKED_MOST };
}
/** Indicators of an actor's records and of `others` that are related to it; of reports those that speak of no other actor. What has more than were asked for has `next`. */
export async function indicatorsOf(profile: ActorProfile, others: Head[], signal: AbortSignal): Promise<Found> {
  const own = new Set(profile.records.map((one) => one.id));
  const { heads, more } = asked(profile, others);
  const aboutOthers = async (report: string) => (await api<Page<Neighbour>>(`/objects/${report}/neighbours?direction=out&type=intrusion-set,threat-actor&limit=50`, { signal })).items.some((one) => !own.has(one.object.id));
  const all = await Promise.all(
    heads.map(async (of) => {
      if (of.type === 'report' && (await aboutOthers(of.id))) return undefined;
      return { of, page: await api<Page<Indicator>>(`/indicators?related_to=${encodeURIComponent(of.id)}&revoked=false&limit=${OF_ONE_MOST}`, { signal }) };
    }),
  );
  const answers = all.filter((one) => one !== undefined);
  return { answers, more: more || answers.some((one) => one.page.next) };
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
