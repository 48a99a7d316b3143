import { describe, expect, it } from 'vitest';
import { depths, pieces, type Evidence } from '../src/lib/attribution';

const evidence = (offset: number, length: number): Evidence => ({ class: 'code', offset, length, entities: 1, sample: '', sample_file: '', sample_offset: 0 });

describe('attribution', () => {
  it('objects lie as deep as what they are in', () => {
    expect(depths(['a.zip', 'a.zip/b.zip', 'a.zip/b.zip/c', 'a.zip/b.zipper', 'a.zip/d'].map((path) => ({ path })))).toEqual([0, 1, 2, 1, 1]);
  });
  it('evidence stands where it lies in the file, and within it', () => {
    const found = pieces([{ evidence: [evidence(0, 100), evidence(999, 1)] }, { evidence: [evidence(500, 100), evidence(5000, 1)] }], 1000);
    expect(found.map((one) => [one.x, one.width, one.who])).toEqual([[0, 100, 0], [997, 3, 0], [500, 100, 1]]);
    expect(pieces([{ evidence: [evidence(0, 1)] }], 0)).toEqual([]);
  });
});
