// Notification rules between the API and a form of text fields.
import { listed } from './lists';

export type Happened = 'published' | 'revised' | 'withdrawn' | 'detected';
export interface RuleFilter {
  events: string[];
  kinds: string[];
  actors: string[];
  sectors: string[];
  countries: string[];
  tags: string[];
  tlp: string[];
}
export interface Rule {
  id: string;
  version: number;
  name: string;
  enabled: boolean;
  channel: 'mail' | 'webhook';
  url?: string;
  language: 'en' | 'ja';
  rhythm: 'immediate' | 'daily' | 'weekly';
  hour: number;
  weekday: number;
  utc_offset: number;
  filter: RuleFilter;
  stopped?: string;
  secret?: string;
}
export interface Channels {
  mail: boolean;
  webhook: boolean;
  address: string;
  tlp_max: string;
}
export interface Delivery {
  id: number;
  rule: string;
  created: string;
  state: 'waiting' | 'sent' | 'failed' | 'dropped';
  tries: number;
  due?: string;
  ended?: string;
  why?: string;
  event?: Happened | 'test';
  publication?: string;
  count?: number;
  title?: string;
}

export const happenings: Happened[] = ['published', 'revised', 'withdrawn', 'detected'];
export const listNames = ['kinds', 'actors', 'sectors', 'countries', 'tags'] as const;
export type ListName = (typeof listNames)[number];
export const markings = ['clear', 'green', 'amber', 'amber+strict', 'red'] as const;

/** What a form edits: lists are texts with commas between, markings without "TLP:". */
export interface Draft {
  name: string;
  channel: 'mail' | 'webhook';
  url: string;
  language: 'en' | 'ja';
  rhythm: Rule['rhythm'];
  hour: number;
  weekday: number;
  events: string[];
  tlp: string[];
  lists: Record<ListName, string>;
}

export function draftOf(rule: Rule | undefined, language: 'en' | 'ja', channel: 'mail' | 'webhook'): Draft {
  const lists = Object.fromEntries(listNames.map((name) => [name, rule?.filter[name].join(', ') ?? ''])) as Record<ListName, string>;
  return {
    name: rule?.name ?? '',
    channel: rule?.channel ?? channel,
    url: rule?.url ?? '',
    language: rule?.language ?? language,
    rhythm: rule?.rhythm ?? 'immediate',
    hour: rule?.hour ?? 8,
    weekday: rule?.weekday ?? 1,
    events: [...(rule?.filter.events ?? [])],
    tlp: (rule?.filter.tlp ?? []).map((one) => one.replace(/^TLP:/i, '').toLowerCase()),
    lists,
  };
}

const same = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
/** The same form over what the rule is by now: what was changed in it stays, everything else is as others left it. */
export function rebased(draft: Draft, before: Rule, now: Rule): Draft {
  const was = draftOf(before, before.language, before.channel);
  const is = draftOf(now, now.language, now.channel);
  const keep = <T>(mine: T, old: T, theirs: T): T => (same(mine, old) ? theirs : mine);
  const fields = Object.fromEntries(Object.keys(is).map((key) => [key, keep(draft[key as keyof Draft], was[key as keyof Draft], is[key as keyof Draft])])) as unknown as Draft;
  return { ...fields, lists: Object.fromEntries(listNames.map((name) => [name, keep(draft.lists[name], was.lists[name], is.lists[name])])) as Record<ListName, string> };
}

/** `offset`: minutes east of UTC. */
export function bodyOf(draft: Draft, offset: number): Record<string, unknown> {
  return {
    name: draft.name.trim(),
    channel: draft.channel,
    url: draft.channel === 'webhook' ? draft.url.trim() : '',
    language: draft.language,
    rhythm: draft.rhythm,
    hour: draft.hour,
    weekday: draft.weekday,
    utc_offset: offset,
    filter: { events: draft.events, tlp: draft.tlp, ...Object.fromEntries(listNames.map((name) => [name, listed(draft.lists[name])])) },
  };
}

const AGAIN_MS = 2000;
const AGAIN_MS_MOST = 60_000;
/** In how many milliseconds the outbox is to be asked again: soon if something waits that is due, seldom if it is due later. Undefined: nothing waits. */
export function askedAgainIn(rows: Delivery[], now: number): number | undefined {
  const due = rows.filter((row) => row.state === 'waiting').map((row) => Date.parse(row.due ?? '') || now);
  return due.length === 0 ? undefined : Math.min(AGAIN_MS_MOST, Math.max(AGAIN_MS, Math.min(...due) - now));
}

/** "+09:00" */
export function offsetText(minutes: number): string {
  const abs = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${String(Math.floor(abs / 60)).padStart(2, '0')}:${String(abs % 60).padStart(2, '0')}`;
}
