import { describe, expect, it } from 'vitest';
import { isTold, nothingTold, ours, seenIn } from '../src/lib/seen';
import type { Stored } from '../src/lib/types';

const stored = (object: Record<string, unknown>, type = 'observed-data'): Stored => ({ id: `${type}--1`, type, added: '', source: 's', object });

describe('what was seen in logs', () => {
  it('is read out of observed-data', () => {
    const [seen] = seenIn(stored({ number_observed: 3, last_observed: '2026-11-01T10:00:00.000Z', x_mozu_detection: { value: 'a.example', log: 'proxy.log', line: 7, relation: 'exact', user: 'ann' } }));
    expect(seen).toMatchObject({ value: 'a.example', log: 'proxy.log', line: 7, count: 3, last: '2026-11-01T10:00:00.000Z', user: 'ann', source: '' });
  });
  it('is nothing where nobody says so, and never trusts a shape', () => {
    expect(seenIn(stored({ number_observed: 3 }))).toEqual([]);
    expect(seenIn(stored({ x_mozu_detection: {} }, 'sighting'))).toEqual([]);
    expect(seenIn(stored({ number_observed: 'many', x_mozu_detection: { line: -1, log: 9 } }))[0]).toMatchObject({ count: 0, line: 0, log: '' });
  });
  it('is theirs whose organisation saw it', () => {
    const seen = (organisation?: number): Stored => ({ ...stored({}), ...(organisation === undefined ? {} : { organisation }) });
    expect([ours(seen(3), 3), ours(seen(4), 3), ours(seen(), 3), ours(seen(4), 0)]).toEqual([true, false, false, true]);
  });
  it('has no time where the log gave none', () => {
    expect(seenIn(stored({ last_observed: '1970-01-01T00:00:00.000Z', x_mozu_detection: {} }))[0]!.last).toBe('');
  });
  it('leaves out what a list tells already, and nothing that has a name or comes from elsewhere', () => {
    const told = { ids: new Set(['observed-data--1']), sources: new Set(['sample-detections']) };
    const one = (id: string, type: string, source: string, name?: string) => ({ id, type, source, ...(name ? { name } : {}) });
    expect(isTold(one('observed-data--1', 'observed-data', 'sample-detections'), told)).toBe(true);
    expect(isTold(one('sighting--1', 'sighting', 'sample-detections'), told)).toBe(true);
    expect(isTold(one('observed-data--2', 'observed-data', 'sample-detections'), told)).toBe(false);
    expect(isTold(one('sighting--2', 'sighting', 'of-others'), told)).toBe(false);
    expect(isTold(one('observed-data--1', 'observed-data', 'sample-detections', 'a name'), told)).toBe(false);
    expect(isTold(one('sighting--1', 'sighting', 'sample-detections'), nothingTold)).toBe(false);
  });
});
