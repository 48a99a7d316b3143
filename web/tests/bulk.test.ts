import { describe, expect, it } from 'vitest';
import { changeOf, emptyEdit, isEditable } from '../src/lib/bulk';

describe('edits of many indicators', () => {
  it('say only what was filled in', () => {
    expect(changeOf(emptyEdit())).toEqual({});
    expect(changeOf({ ...emptyEdit(), confidence: null })).toEqual({});
    expect(changeOf({ ...emptyEdit(), confidence: 0, until: '2027-01-31', tlp: 'red', add: ' a, b 、a', remove: ',', revoke: true })).toEqual({ confidence: 0, valid_until: '2027-01-31T00:00:00Z', tlp: 'red', add_labels: ['a', 'b'], revoke: true });
  });
  it('are of what is one’s own', () => {
    const one = { id: 'x', sequence: 1, source: 'feed' };
    expect([isEditable(one, 0), isEditable(one, 1), isEditable({ ...one, organisation: 1 }, 1), isEditable({ ...one, source: 'publications' }, 0)]).toEqual([true, false, true, false]);
  });
});
