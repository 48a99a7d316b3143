// The logic of research graphs: undoing, grouping, ways, layout, files.
import { describe, expect, it } from 'vitest';
import { fromJson, toJson, toSvg, contentOf } from '../src/lib/graph/files';
import { around, Layout, QuadTree } from '../src/lib/graph/layout';
import { edgeKey, Graph, groupKey, History, inverse, isNothing, type GraphEdge, type GraphNode } from '../src/lib/graph/model';
import { kindNames, type Kind, type Palette } from '../src/lib/graph/paint';
import { isHousekeeping, sameOf } from '../src/lib/graph/research.svelte';
import type { Answer } from '../src/lib/types';
import { fitting, Places, Scene, zoomed } from '../src/lib/graph/scene';

const idOf = (n: number, type = 'malware') => `${type}--00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const node = (n: number, type = 'malware'): GraphNode => ({ id: idOf(n, type), type, name: `node ${n}`, source: 'test' });
const edge = (a: number, b: number, relation = 'uses'): GraphEdge => ({ from: idOf(a), to: idOf(b), relation });
const state = (g: Graph) => JSON.stringify([[...g.nodes].sort(), [...g.edges].sort(), [...g.groups].sort()]);

describe('a graph', () => {
  it('takes each node and edge once, and no edge without both ends', () => {
    const g = new Graph();
    g.apply(g.adding([node(1), node(2), node(1)], [edge(1, 2), edge(1, 2), edge(1, 3), edge(1, 1)]));
    expect(g.nodes.size).toBe(2);
    expect([...g.edges.keys()]).toEqual([edgeKey(edge(1, 2))]);
    expect(isNothing(g.adding([node(1)], [edge(1, 2)]))).toBe(true);
  });
  it('loses with a node what hangs on it', () => {
    const g = new Graph();
    g.apply(g.adding([node(1), node(2), node(3)], [edge(1, 2), edge(2, 3)], [{ of: idOf(2), outgoing: true, relation: 'uses', type: 'tool', left: 9 }]));
    g.apply(g.removing(new Set([idOf(2)])));
    expect([g.nodes.size, g.edges.size, g.groups.size]).toEqual([2, 0, 0]);
  });
  it('has groups that shrink and go when nothing is left', () => {
    const g = new Graph();
    const group = { of: idOf(1), outgoing: false, relation: 'indicates', type: 'indicator', left: 100_000, more: true };
    g.apply(g.adding([node(1)], [], [group]));
    expect(g.groups.get(groupKey(group))?.left).toBe(100_000);
    g.apply(g.adding([], [], [{ ...group, left: 99_960, cursor: 'c' }]));
    expect(g.groups.get(groupKey(group))?.cursor).toBe('c');
    g.apply(g.adding([], [], [{ ...group, left: 0, more: false }]));
    expect(g.groups.size).toBe(0);
  });
  it('finds a shortest way whichever way relations point', () => {
    const g = new Graph();
    g.apply(g.adding([1, 2, 3, 4, 5, 6].map((n) => node(n)), [edge(1, 2), edge(3, 2), edge(3, 4), edge(1, 5), edge(5, 4)]));
    expect(g.path(idOf(1), idOf(4))).toEqual([idOf(1), idOf(5), idOf(4)]);
    expect(g.path(idOf(1), idOf(6))).toEqual([]);
    expect(g.around(idOf(3))).toEqual(new Set([idOf(2), idOf(4)]));
  });
});

describe('history', () => {
  it('goes back to every state and forward again', () => {
    const g = new Graph(), h = new History(g);
    const states = [state(g)];
    const act = (change: Parameters<History['do']>[0]) => {
      expect(h.do(change)).toBe(true);
      states.push(state(g));
    };
    act(g.adding([node(1), node(2)], [edge(1, 2)]));
    act(g.altering([idOf(1)], { note: 'hm', pinned: true }));
    act(g.adding([node(3)], [edge(2, 3)], [{ of: idOf(3), outgoing: true, relation: 'uses', type: 'tool', left: 50 }]));
    act(g.removing(new Set([idOf(2)])));
    for (let i = states.length - 2; i >= 0; --i) {
      h.undo();
      expect(state(g)).toBe(states[i]);
    }
    expect(h.canUndo).toBe(false);
    expect(h.undo()).toBeUndefined();
    for (let i = 1; i < states.length; ++i) {
      h.redo();
      expect(state(g)).toBe(states[i]);
    }
    expect(h.canRedo).toBe(false);
  });
  it('forgets what was undone when something else is done, and does nothing for nothing', () => {
    const g = new Graph(), h = new History(g);
    h.do(g.adding([node(1)], []));
    h.undo();
    expect(h.do(g.adding([], []))).toBe(false);
    expect(h.canRedo).toBe(true);
    h.do(g.adding([node(2)], []));
    expect(h.canRedo).toBe(false);
  });
  it('is bounded', () => {
    const g = new Graph(), h = new History(g);
    for (let n = 0; n < History.STEPS_MAX + 50; ++n) h.do(g.adding([node(n)], []));
    let steps = 0;
    while (h.undo()) ++steps;
    expect(steps).toBe(History.STEPS_MAX);
    expect(g.nodes.size).toBe(50);
  });
  it('turns twice to itself', () => {
    const g = new Graph();
    const change = g.adding([node(1), node(2)], [edge(1, 2)]);
    expect(inverse(inverse(change))).toEqual(change);
  });
});

describe('a scene', () => {
  const g = new Graph();
  g.apply(g.adding([node(1), node(2), { ...node(3, 'tool'), source: 'other' }], [edge(1, 2), { from: idOf(1), to: idOf(3, 'tool'), relation: 'drops' }], [{ of: idOf(1), outgoing: false, relation: 'indicates', type: 'indicator', left: 7 }]));
  const places = new Places();
  places.set(idOf(1), 0, 0);
  places.set(idOf(2), 100, 0);
  places.set(idOf(3, 'tool'), 0, 100);
  places.set(groupKey([...g.groups.values()][0]!), -100, -50);
  const hide = (part: object) => new Scene(g, places, { types: new Set(), sources: new Set(), relations: new Set(), ...part });
  it('holds what no filter hides', () => {
    expect(new Scene(g, places).keys.length).toBe(4);
    expect(hide({ types: new Set(['tool']) }).edges.length / 2).toBe(2);
    expect(hide({ types: new Set(['indicator']) }).keys.length).toBe(3);
    expect(hide({ sources: new Set(['test']) }).keys).toEqual([idOf(3, 'tool')]);
    expect(hide({ relations: new Set(['drops']) }).keys.length).toBe(4);
    expect(hide({ relations: new Set(['drops']) }).edges.length / 2).toBe(2);
  });
  it('finds what lies under a pointer, and what lies in a direction', () => {
    const scene = new Scene(g, places);
    expect(scene.keys[scene.at(98, 3, 5)]).toBe(idOf(2));
    expect(scene.at(50, 50, 5)).toBe(-1);
    const one = scene.index.get(idOf(1))!;
    expect(scene.keys[scene.towards(one, 1, 0)]).toBe(idOf(2));
    expect(scene.keys[scene.towards(one, 0, 1)]).toBe(idOf(3, 'tool'));
  });
  it('fits, and zooms about the pointer', () => {
    const view = fitting(new Scene(g, places), 800, 600);
    expect(view.scale).toBeGreaterThan(0);
    const world = (v: typeof view, px: number) => v.x + (px - 400) / v.scale;
    const nearer = zoomed(view, 2, 600, 300, 800, 600);
    expect(world(nearer, 600)).toBeCloseTo(world(view, 600), 6);
    expect(fitting(new Scene(new Graph(), places), 800, 600).scale).toBeGreaterThan(0);
  });
  it('draws names as text', () => {
    const h = new Graph();
    h.apply(h.adding([{ ...node(1), name: '<script>alert(1)</script>"\u0001' }], []));
    const colours = { kinds: Object.fromEntries(kindNames.map((k) => [k, ['#000', '#fff']])) as Record<Kind, [string, string]>, ground: '#fff', text: '#000', edge: '#888' } as Palette;
    const svg = toSvg(new Scene(h, places), colours, '<b>', () => h.nodes.get(idOf(1))!.name);
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('<b>');
    expect(svg).not.toContain('\u0001');
  });
});

describe('files', () => {
  it('come back as they went', () => {
    const g = new Graph(), places = new Places();
    g.apply(g.adding([{ ...node(1), note: 'n', mark: 'suspect', pinned: true }, node(2)], [edge(1, 2)], [{ of: idOf(1), outgoing: true, relation: 'uses', type: 'tool', left: 5 }]));
    places.settle([...g.nodes.keys(), ...g.groups.keys()], undefined);
    const content = contentOf('Title', g, places);
    expect(fromJson(toJson(content))).toEqual(content);
  });
  it('hold nothing else, whatever stands in them', () => {
    expect(fromJson('{')).toBeUndefined();
    expect(fromJson('{"nodes":[]}')).toBeUndefined();
    const odd = { mozu_graph: 1, title: 5, nodes: [node(1), node(1), { id: 'x' }, null, 'a', { id: idOf(2), note: 7, mark: 'evil' }], edges: [edge(1, 2), edge(1, 9), { from: idOf(1), to: idOf(2), relation: 'a b' }], groups: [{ of: idOf(9) }], places: [[idOf(1), 1e99, 0], [idOf(1)], 3, [idOf(2), 4, 5]] };
    const read = fromJson(JSON.stringify(odd))!;
    expect(read.nodes.map((n) => n.id)).toEqual([idOf(1), idOf(2)]);
    expect(read.nodes[1]).toEqual({ id: idOf(2), type: 'malware', name: '', source: '' });
    expect([read.edges.length, read.groups.length]).toEqual([1, 0]);
    expect(read.places).toEqual([[idOf(2), 4, 5]]);
  });
});

/** Every pair: what the tree approximates. */
function pushesOf(x: Float32Array, y: Float32Array, i: number, charge: number): [number, number] {
  let fx = 0, fy = 0;
  for (let j = 0; j < x.length; ++j) {
    const dx = x[j]! - x[i]!, dy = y[j]! - y[i]!, d2 = dx * dx + dy * dy;
    if (d2 === 0) continue;
    fx += (dx * charge) / Math.max(d2, 36);
    fy += (dy * charge) / Math.max(d2, 36);
  }
  return [fx, fy];
}

describe('layout', () => {
  const n = 600;
  const x = new Float32Array(n), y = new Float32Array(n);
  for (let i = 0; i < n; ++i) [x[i], y[i]] = around((i % 3) * 900, (i % 5) * 400, i) as [number, number];
  it('pushes as all pairs would, nearly', () => {
    const tree = new QuadTree();
    tree.build(x, y);
    let off = 0, all = 0;
    for (let i = 0; i < n; ++i) {
      const vx = new Float32Array(n), vy = new Float32Array(n);
      tree.push(i, x, y, -100, vx, vy);
      const [fx, fy] = pushesOf(x, y, i, -100);
      off += Math.hypot(vx[i]! - fx, vy[i]! - fy);
      all += Math.hypot(fx, fy);
    }
    expect(off / all).toBeLessThan(0.04);
  });
  it('bears what lies in one place, and numbers far apart', () => {
    for (const make of [() => 5, (i: number) => (i % 2 ? 1e6 : -1e6), (i: number) => i * 1e-9]) {
      const bodies = { x: Float32Array.from({ length: 200 }, (_, i) => make(i)), y: new Float32Array(200), fixed: new Uint8Array(200), edges: Uint32Array.from([0, 1, 0, 2]) };
      const layout = new Layout(bodies);
      while (!layout.done) layout.step();
      expect([...bodies.x, ...bodies.y].every(Number.isFinite)).toBe(true);
      expect(new Set([...bodies.x].map((v, i) => `${v} ${bodies.y[i]}`)).size).toBe(200);
    }
  });
  it('brings neighbours together and keeps what is pinned', () => {
    // Two stars, mixed up, and one edge between them.
    const count = 60;
    const edges: number[] = [0, 1];
    for (let i = 2; i < count; ++i) edges.push(i % 2, i);
    const bodies = { x: new Float32Array(count), y: new Float32Array(count), fixed: new Uint8Array(count), edges: Uint32Array.from(edges) };
    for (let i = 0; i < count; ++i) [bodies.x[i], bodies.y[i]] = around(0, 0, i) as [number, number];
    bodies.fixed[7] = 1;
    const [px, py] = [bodies.x[7], bodies.y[7]];
    const layout = new Layout(bodies);
    while (!layout.done) layout.step();
    expect([bodies.x[7], bodies.y[7]]).toEqual([px, py]);
    const far = (a: number, b: number) => Math.hypot(bodies.x[a]! - bodies.x[b]!, bodies.y[a]! - bodies.y[b]!);
    let nearer = 0;
    for (let i = 2; i < count; ++i) if (far(i, i % 2) < far(i, 1 - (i % 2))) ++nearer;
    expect(nearer).toBeGreaterThan((count - 2) * 0.95);
  });
  it('puts what hangs on one node alone in a disc around it, where there is much', () => {
    const hubs = 20, count = 5000;
    const edges: number[] = [];
    for (let i = 1; i < hubs; ++i) edges.push(0, i);
    for (let i = hubs; i < count; ++i) edges.push(i, i % hubs);
    edges.push(count - 1, 1, count - 1, 2); // hangs on several
    const bodies = { x: new Float32Array(count), y: new Float32Array(count), fixed: new Uint8Array(count), edges: Uint32Array.from(edges) };
    for (let i = 0; i < count; ++i) [bodies.x[i], bodies.y[i]] = around(0, 0, i) as [number, number];
    bodies.fixed[hubs] = 1;
    const held = [bodies.x[hubs], bodies.y[hubs]];
    const layout = new Layout(bodies);
    expect(layout.count).toBe(hubs + 2);
    while (!layout.done) layout.step();
    expect([bodies.x[hubs], bodies.y[hubs]]).toEqual(held);
    const far = (a: number, b: number) => Math.hypot(bodies.x[a]! - bodies.x[b]!, bodies.y[a]! - bodies.y[b]!);
    for (let i = hubs + 1; i < count - 1; ++i) expect(far(i, i % hubs)).toBeLessThan(9 * Math.sqrt(255));
    // Discs lie beside one another, not on one another.
    for (let a = 1; a < hubs; ++a) for (let b = a + 1; b < hubs; ++b) expect(far(a, b), `${a} ${b}`).toBeGreaterThan(9 * Math.sqrt(250));
  });
  it('ends, and says so of nothing', () => {
    expect(new Layout({ x: new Float32Array(0), y: new Float32Array(0), fixed: new Uint8Array(0), edges: new Uint32Array(0) }).done).toBe(true);
  });
});

describe('a value as a beginning', () => {
  const object = (n: number, type: string, relation: string) => ({ id: idOf(n, type), type, source: 'test', relation });
  const answer = (objects: ReturnType<typeof object>[]) => ({ value: 'a.example', type: 'domain', zone: 'red', score: 90, objects }) as unknown as Answer;
  it('has what several say of it belong together, and nothing else', () => {
    expect(sameOf(answer([object(1, 'indicator', 'exact'), object(2, 'indicator', 'parent'), object(3, 'indicator', 'exact'), object(4, 'malware', 'exact')]))).toEqual([idOf(1, 'indicator'), idOf(3, 'indicator')]);
    expect(sameOf(answer([object(1, 'indicator', 'exact')]))).toEqual([]);
  });
  it('is unfolded without what only keeps the record', () => {
    expect(['created_by_ref', 'x_mitre_modified_by_ref', 'object_marking_refs', 'uses', 'object_refs'].map(isHousekeeping)).toEqual([true, true, true, false, false]);
  });
});
