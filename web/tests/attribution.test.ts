import { describe, expect, it } from 'vitest';
import { depths, kindOf, rowsOf, runs, sharesOf } from '../src/lib/attribution';

describe('attribution', () => {
  it('objects lie as deep as what they are in', () => {
    expect(depths(['a.zip', 'a.zip/b.zip', 'a.zip/b.zip/c', 'a.zip/b.zipper', 'a.zip/d'].map((path) => ({ path })))).toEqual([0, 1, 2, 1, 1]);
  });
  it('cells of a map become runs, rows and shares', () => {
    const cells = `${'A'.repeat(60)}${'c'.repeat(10)}..B?`;
    expect(runs(cells)).toEqual([
      { letter: 'A', cell: 0, cells: 60 },
      { letter: 'c', cell: 60, cells: 10 },
      { letter: '.', cell: 70, cells: 2 },
      { letter: 'B', cell: 72, cells: 1 },
      { letter: '?', cell: 73, cells: 1 },
    ]);
    expect(rowsOf(cells).map((run) => [run.letter, run.cell, run.cells])).toEqual([['A', 0, 60], ['c', 60, 4], ['c', 64, 6], ['B', 72, 1], ['?', 73, 1]]);
    expect(sharesOf('BAc.').map((one) => one.letter)).toEqual(['A', 'B', 'c', '.']);
    expect(sharesOf('AAAc')[0]).toEqual({ letter: 'A', share: 0.75 });
    expect([kindOf('H'), kindOf('I'), kindOf('l'), kindOf('')]).toEqual([{ kind: 'entity', who: 7 }, { kind: 'none' }, { kind: 'library' }, { kind: 'none' }]);
    expect(runs('')).toEqual([]);
  });
});
