// Which indicators lead to an actor, and through what.
import { describe, expect, it } from 'vitest';
import { leading, type Indicator } from '../src/lib/indicators';
import type { Head } from '../src/lib/types';

const head = (id: string): Head => ({ id, type: id.split('--')[0]!, added: '', source: 's' });
const indicator = (n: number): Indicator => ({ ...head(`indicator--${n}`), sequence: n });

describe('indicators of an actor', () => {
  it('are each told once, with all that connects them', () => {
    const found = leading([
      { of: head('intrusion-set--1'), page: { items: [indicator(1), indicator(2)] } },
      { of: head('malware--1'), page: { items: [indicator(1), indicator(1), indicator(3)] } },
    ]);
    expect(found.map((one) => [one.indicator.id, one.through.map((by) => by.id)])).toEqual([
      ['indicator--1', ['intrusion-set--1', 'malware--1']],
      ['indicator--3', ['malware--1']],
      ['indicator--2', ['intrusion-set--1']],
    ]);
  });
  it('are none where nothing is related', () => expect(leading([{ of: head('tool--1'), page: { items: [] } }])).toEqual([]));
});
