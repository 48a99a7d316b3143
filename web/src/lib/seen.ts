// observed-data that came from detections: `x_mozu_detection` says where the value stood.
import type { Stored } from './types';

export interface Seen {
  id: string;
  value: string;
  log: string;
  line: number;
  count: number;
  /** RFC 3339; empty if the log gave no time. */
  last: string;
  relation: string;
  indicator: string;
  source: string;
  destination: string;
  user: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const whole = (value: unknown): number => (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : 0);

/** What other organisations saw and share is not seen in one's own logs. Who belongs to no organisation (0) looks after all. */
export const ours = (stored: Stored, organisation: number): boolean => organisation === 0 || stored.organisation === organisation;

/** What a list of what was seen tells already: its objects, and by their sources the sightings that say no more of them. */
export interface Told {
  ids: Set<string>;
  sources: Set<string>;
}
export const nothingTold: Told = { ids: new Set(), sources: new Set() };
export const isTold = (one: { id: string; type: string; name?: string; source: string }, told: Told): boolean =>
  !one.name && (told.ids.has(one.id) || (one.type === 'sighting' && told.sources.has(one.source)));

/** Empty if the object is none. */
export function seenIn(stored: Stored): Seen[] {
  const told = stored.object['x_mozu_detection'];
  if (stored.type !== 'observed-data' || typeof told !== 'object' || told === null) return [];
  const d = told as Record<string, unknown>;
  const last = text(stored.object['last_observed']);
  return [
    {
      id: stored.id,
      value: text(d['value']),
      log: text(d['log']),
      line: whole(d['line']),
      count: whole(stored.object['number_observed']),
      last: last.startsWith('1970-01-01') ? '' : last,
      relation: text(d['relation']),
      indicator: text(d['indicator']),
      source: text(d['source']),
      destination: text(d['destination']),
      user: text(d['user']),
    },
  ];
}
