import { describe, expect, it } from 'vitest';
import { csvCell } from '../src/lib/csv';
import { sourceOf } from '../src/lib/intake';
import { answersCsv, seedsOf } from '../src/lib/looked_up';
import { filtered, platformsOf } from '../src/lib/matrix';
import type { Answer, Matrix, Technique } from '../src/lib/types';

describe('a list that was looked up', () => {
  const answer = (value: string, more: Partial<Answer> = {}): Answer => ({ value, type: 'domain', zone: 'grey', score: 0, reasons: [], reason_details: [], ...more });
  it('is a table in which nothing is a formula', () => {
    expect(['x;=1+1', 'x; \t＝1;-1;y', 'a\n=b', 'q=1;r=2-1', ' \t =1;@b'].map(csvCell)).toEqual(["x;'=1+1", "x; \t'＝1;'-1;y", `"a\n'=b"`, 'q=1;r=2-1', `"' \t =1;'@b"`]);
    expect(['a', 'a,b', 'say "x"', 'a\nb', '=1+1', '+1', '-1', '@x', '＝1', '−1', ' \u3000=1', '\tx', 'a=b'].map(csvCell)).toEqual([
      'a', '"a,b"', '"say ""x"""', '"a\nb"', '"\'=1+1"', '"\'+1"', '"\'-1"', '"\'@x"', '"\'＝1"', '"\'−1"', '"\' \u3000=1"', '"\'\tx"', 'a=b',
    ]);
    const csv = answersCsv([answer('hxxp://a.example', { canonical: 'http://a.example', zone: 'red', score: 90, listed_by: [{ source: 'one' }, { source: 'two, "three"' }, { source: 'one' }] as unknown as NonNullable<Answer['listed_by']> }), answer('=cmd()')]);
    expect(csv.split('\n')).toEqual(['value,asked,type,zone,score,reasons,sources,warning_lists,first_seen,last_seen', 'http://a.example,hxxp://a.example,domain,red,90,,"one; two, ""three""",,,', '"\'=cmd()","\'=cmd()",domain,grey,0,,,,,', '']);
  });
  it('gives a graph something of each value', () => {
    const ids: Record<string, string[]> = { a: ['1', '2', '3'], b: ['4'], c: [], d: ['1', '5'] };
    const all = Object.keys(ids).map((one) => answer(one));
    expect(seedsOf(all, (one) => ids[one.value]!, 4)).toEqual(['1', '4', '2', '5']);
    expect(seedsOf(all, (one) => ids[one.value]!, 100)).toEqual(['1', '4', '2', '5', '3']);
    expect(seedsOf([answer('c')], () => [], 4)).toEqual([]);
  });
});

it('a file is proposed as its own source', () => expect(['apt1.json', 'feed.csv.gz', 'x', '2023.01.report-of-many.txt'].map(sourceOf)).toEqual(['apt1', 'feed', 'x', '2023.01.report-of-many']));

describe('the matrix', () => {
  const x = (attack_id: string, name: string, platforms: string[], subs: Technique[] = []): Technique => ({ id: attack_id, attack_id, name, counts: {}, platforms, sub_techniques: subs });
  const matrix: Matrix = {
    domain: 'enterprise',
    tactics: [
      { id: '1', attack_id: 'TA0002', name: 'Execution', phase: 'execution', techniques: [x('T1059', 'Interpreter', ['Windows', 'Linux'], [x('T1059.001', 'PowerShell', ['Windows']), x('T1059.004', 'Unix Shell', ['Linux'])])] },
      { id: '2', attack_id: 'TA0040', name: 'Impact', phase: 'impact', techniques: [x('T1485', 'Data Destruction', ['Windows'])] },
    ],
  };
  const shown = (platform: string, text: string) => filtered(matrix, { platform, text }).tactics.map((tactic) => tactic.techniques.map((one) => [one.attack_id, ...(one.sub_techniques ?? []).map((sub) => sub.attack_id)].join(' ')));
  it('is narrowed by platform', () => {
    expect(platformsOf(matrix)).toEqual(['Windows', 'Linux']);
    expect(platformsOf(undefined)).toEqual([]);
    expect(filtered(matrix, { platform: '', text: ' ' })).toBe(matrix);
    expect(shown('Linux', '')).toEqual([['T1059 T1059.004'], []]);
  });
  it('is searched by names and ids; a sub-technique keeps its technique', () => {
    expect(shown('', 'powershell')).toEqual([['T1059 T1059.001'], []]);
    expect(shown('', 't1485')).toEqual([[], ['T1485']]);
    expect(shown('', 'interp')).toEqual([['T1059 T1059.001 T1059.004'], []]);
    expect(shown('Linux', 'powershell')).toEqual([[], []]);
  });
});
