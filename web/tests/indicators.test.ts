// Which indicators lead to an actor, and through what.
import { describe, expect, it } from 'vitest';
import { asked, ASKED_MOST, leading, type Indicator } from '../src/lib/indicators';
import type { ActorProfile, Head } from '../src/lib/types';

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
  it('are asked of its own records first, then of reports, and it is told where some are left out', () => {
    const profile = { records: [{ id: 'intrusion-set--1', name: 'one', source: 's' }] } as ActorProfile;
    expect(asked(profile, [head('tool--1'), head('report--1')])).toEqual({ heads: [expect.objectContaining({ id: 'intrusion-set--1' }), head('report--1'), head('tool--1')], more: false });
    const many = Array.from({ length: ASKED_MOST }, (_, i) => head(`tool--${i}`));
    expect(asked(profile, many.slice(1))).toMatchObject({ more: false });
    const cut = asked(profile, many);
    expect([cut.heads.length, cut.heads[0]!.id, cut.more]).toEqual([ASKED_MOST, 'intrusion-set--1', true]);
  });
  it('are none where nothing is related', () => expect(leading([{ of: head('tool--1'), page: { items: [] } }])).toEqual([]));
});
