// The logic beside the graph: comparison of actors, layers, timeline, map.
import { describe, expect, it } from 'vitest';
import { alike, meant, rowsOf, suggested, wanted } from '../src/lib/compare';
import { evenHeat } from '../src/lib/heat';
import { readLayer, writeLayer } from '../src/lib/navigator';
import { layerIndex } from '../src/lib/ownlayer.svelte';
import { lay, timeOf, type Happening } from '../src/lib/timeline';
import { HEIGHT, parted, pointOf, project, shapes, WIDTH } from '../src/lib/world/atlas';
import { codeOf } from '../src/lib/world/countries';

describe('comparison', () => {
  const rows = rowsOf([['a', 'b', 'c', 'a'], ['b', 'c', 'd'], ['c']], (x) => x, (x) => x);
  it('says of each thing who has it, what most have first', () => {
    expect(rows.map((r) => [r.key, r.shared, r.has])).toEqual([['c', 3, [true, true, true]], ['b', 2, [true, true, false]], ['a', 1, [true, false, false]], ['d', 1, [false, true, false]]]);
    expect(wanted(rows, 'shared', 3).map((r) => r.key)).toEqual(['c', 'b']);
    expect(wanted(rows, 'all', 3).map((r) => r.key)).toEqual(['c']);
  });
  it('measures alikeness', () => {
    expect(alike(rows, 0, 1)).toBeCloseTo(2 / 4);
    expect(alike(rows, 0, 2)).toBeCloseTo(1 / 3);
    expect(alike([], 0, 1)).toBe(0);
  });
});

describe('layers', () => {
  it('come back as they were written', () => {
    const read = readLayer(writeLayer({ name: 'A / B', domain: 'ics', description: 'd', techniques: [{ id: 'T0807', score: 2, comment: 'A, B' }, { id: 'T0819', score: 1, comment: '' }] }));
    expect(read).toEqual({ name: 'A / B', domain: 'ics', left: 0, techniques: [{ id: 'T0807', score: 2, comment: 'A, B', tactic: '' }, { id: 'T0819', score: 1, comment: '', tactic: '' }] });
  });
  it('are nothing else', () => {
    for (const text of ['', '[]', '{}', '{"techniques":{},"domain":"enterprise-attack"}', '{"techniques":[],"domain":"other"}', 'null']) expect(readLayer(text), text).toBeUndefined();
  });
  it('leave out what is no technique or switched off, and bound the rest', () => {
    const layer = readLayer(JSON.stringify({ domain: 'mitre-enterprise', name: 5, techniques: [{ techniqueID: 't1059.001', score: 0.5 }, { techniqueID: 'T1', score: 1 }, 7, null, { techniqueID: 'T1003', enabled: false, score: 3 }, { techniqueID: 'T1004', color: '#f00' }, { techniqueID: 'T1005', score: -3, comment: 'x'.repeat(5000) }, { techniqueID: 'T1006', score: 'NaN' }, { techniqueID: 'T1007', tactic: 'execution', score: 4 }] }))!;
    expect(layer.left).toBe(3);
    expect(layer.techniques.map((x) => [x.id, x.score])).toEqual([['T1059.001', 0.5], ['T1004', 1], ['T1005', 0], ['T1007', 4]]);
    expect(layer.techniques[2]!.comment.length).toBe(2000);
    const at = layerIndex(layer);
    expect(at('T1007', 'execution')?.score).toBe(4);
    expect(at('T1007', 'discovery')).toBeUndefined();
    expect(at('T1004', 'anything')?.score).toBe(1);
  });
  it('are shown in even steps', () => {
    expect([0, 0.1, 1, 50, 99, 100].map((n) => evenHeat(n, 100))).toEqual([0, 1, 1, 3, 5, 5]);
  });
});

describe('timeline', () => {
  it('reads times as sources write them', () => {
    expect(timeOf('2017')).toBe(Date.UTC(2017, 0, 1));
    expect(timeOf('2017', true)).toBe(Date.UTC(2017, 11, 31));
    expect(timeOf('2017-02', true)).toBe(Date.UTC(2017, 1, 28));
    expect(timeOf('2015-12-23T05:00:00.000Z')).toBe(Date.UTC(2015, 11, 23, 5));
    for (const none of ['1970-01-01T00:00:00Z', '2999', '', 'soon', 5, undefined, '12345']) expect(timeOf(none), String(none)).toBeUndefined();
  });
  it('lets no name lie on another, and leaves none outside', () => {
    const width = 600, room = (name: string) => name.length * 7;
    const happenings: Happening[] = Array.from({ length: 60 }, (_, i) => ({ kind: i % 3 === 0 ? 'campaign' : 'report', name: `Name number ${i}`, from: Date.UTC(2010 + (i % 12), i % 12, 1), until: Date.UTC(2010 + (i % 12), (i % 12) + (i % 3 === 0 ? 8 : 0), 1) }));
    const line = lay(happenings, width, room);
    const spans = line.items.map((p) => ({ row: p.row, kind: p.kind, left: p.before ? p.x - room(p.name) : p.x, right: p.before || room(p.name) < p.width ? p.x + p.width : p.x + p.width + room(p.name) }));
    for (const [i, a] of spans.entries()) {
      expect(a.left).toBeGreaterThanOrEqual(0);
      for (const b of spans.slice(i + 1)) if (a.row === b.row) expect(a.right <= b.left || b.right <= a.left, `${JSON.stringify(a)} ${JSON.stringify(b)}`).toBe(true);
    }
    expect(Math.max(...spans.map((s) => s.row))).toBe(line.rows - 1);
    expect(line.ticks.every((tick) => tick.x >= 0 && tick.x <= width)).toBe(true);
  });
  it('bears nothing, and one moment', () => {
    expect(lay([], 500, () => 10).items).toEqual([]);
    expect(lay([{ kind: 'report', name: 'x', from: Date.UTC(2020, 5), until: Date.UTC(2020, 5) }], 500, () => 10).rows).toBe(1);
  });
});

describe('map', () => {
  it('knows countries however catalogues write them', () => {
    expect(['Russia', 'Russian Federation', 'USA', 'United States', 'South Korea', 'Ivory Coast', 'Hong Kong', 'Gaza', 'jp', 'Viet Nam', 'Türkiye', 'UK'].map(codeOf)).toEqual(['RU', 'RU', 'US', 'US', 'KR', 'CI', 'HK', 'PS', 'JP', 'VN', 'TR', 'GB']);
    for (const none of ['Middle East', 'Western Europe', 'zz', '', 'Private sector']) expect(codeOf(none), none).toBeUndefined();
  });
  it('has a shape or a point for every country that sources name', () => {
    const drawn = new Set(shapes().map((s) => s.code));
    for (const code of ['US', 'RU', 'CN', 'JP', 'KR', 'KP', 'IR', 'IL', 'UA', 'GB', 'DE', 'FR', 'IN', 'TW', 'VN', 'PS', 'SS', 'ZW', 'YE', 'RS', 'MM', 'SG', 'HK', 'BH', 'MT']) expect(drawn.has(code) || pointOf(code) !== undefined, code).toBe(true);
    expect(drawn.has('AQ')).toBe(false);
  });
  it('keeps everything within the picture, and no line across it', () => {
    for (const shape of shapes())
      for (const ring of shape.path.split('M').slice(1)) {
        const points = ring.replace('Z', '').split('L').map((p) => p.split(' ').map(Number) as [number, number]);
        for (const [i, [x, y]] of points.entries()) {
          expect(x >= -1 && x <= WIDTH + 1 && y >= -1, `${shape.code} ${x} ${y}`).toBe(true);
          const [bx] = points[(i + 1) % points.length]!;
          expect(Math.abs(x - bx), `${shape.code}: a line of ${Math.abs(x - bx)}`).toBeLessThan(200);
        }
      }
    expect(project(0, 83.7)[1]).toBeCloseTo(0, 1);
    expect(project(180, 0)[0]).toBeCloseTo(WIDTH, 0);
    expect(HEIGHT).toBeGreaterThan(250);
  });
  it('parts what crosses the 180th meridian', () => {
    const parts = parted([[170, 60], [-170, 60], [-170, 70], [170, 70]]);
    expect(parts.length).toBe(2);
    for (const part of parts) expect(Math.max(...part.map(([x]) => x)) - Math.min(...part.map(([x]) => x))).toBeLessThanOrEqual(10);
    expect(parted([[0, 0], [10, 0], [10, 10]]).length).toBe(1);
  });
});

it('of the actors found for some words, the one that is meant is taken, and none where it is in doubt', () => {
  const actor = (name: string, ...aliases: string[]) => ({ id: name, name, aliases: aliases.map((alias) => ({ name: alias })), records: [] });
  const [turla, heron, egret] = [actor('Turla', 'Snake'), actor(' Copper Heron', 'Snake'), actor('Copper Heron 2')];
  expect(meant([turla], 'turl')).toBe(turla);
  expect(meant([heron, egret], 'copper heron')).toBe(heron);
  expect(meant([turla, egret], 'SNAKE')).toBe(turla);
  expect(meant([turla, heron], 'snake')).toBeUndefined();
  expect(meant([turla, actor('Snake')], 'snake')?.name).toBe('Snake');
  expect(meant([heron, egret], 'copper')).toBeUndefined();
  expect(meant([], 'snake')).toBeUndefined();
  expect(suggested([egret, turla, heron], 'heron').map((one) => one.name)).toEqual(['Copper Heron 2', ' Copper Heron']);
  expect(suggested([egret, turla, heron], 'Copper-Heron')[0]).toBe(heron);
  expect(suggested([egret, turla], 'sna')).toEqual([turla]);
  expect(suggested([egret, turla], ' -')).toEqual([]);
});
