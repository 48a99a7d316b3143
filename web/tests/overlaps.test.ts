import { describe, expect, it } from 'vitest';
import { hrefOfBoth, matrixOf } from '../src/lib/overlaps';

const share = (source: string, values: number, only_here = 0) => ({ source, values, only_here, kinds: {} });

describe('what sources have in common', () => {
  const overlaps = { newest: true, sources: [share('small', 5), share('none', 0), share('large', 50), share('also small', 5)], pairs: [{ a: 'large', b: 'small', both: 3 }, { a: 'also small', b: 'none', both: 1 }] };
  it('is a matrix of the largest, the same both ways', () => {
    const matrix = matrixOf(overlaps, 10);
    expect(matrix.rows.map((row) => row.source)).toEqual(['large', 'also small', 'small']);
    expect([matrix.both(0, 2), matrix.both(2, 0), matrix.both(0, 1)]).toEqual([3, 3, 0]);
    expect(matrix.more).toBe(0);
  });
  it('tells how many are left out', () => expect(matrixOf(overlaps, 2).more).toBe(1));
  it('is nothing where nothing was counted', () => expect(matrixOf(undefined, 10).rows).toEqual([]));
  it('leads to the indicators of the smaller source', () => expect(hrefOfBoth(share('a & b', 9), share('c', 3))).toBe('/indicators?source=c&also=a%20%26%20b'));
});
