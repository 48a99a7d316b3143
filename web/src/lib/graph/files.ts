// Graphs as files: our own JSON (opened again here), and a picture as SVG. What is opened is checked: it may come from anybody.
import { edgeKey, groupKey, marks, type Graph, type GraphEdge, type GraphGroup, type GraphNode, type Mark } from './model';
import { kindOf, letterOf, shortened, type Palette } from './paint';
import { isGroup, type Places, type Scene } from './scene';

export const NODES_MAX = 60_000;
export const EDGES_MAX = 200_000;
export const FILE_BYTES_MAX = 64 * 1024 * 1024;
const ID = /^[a-z0-9-]{1,60}--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const WORD = /^[\w.-]{1,100}$/;
export const NOTE_MAX = 600;

export interface Content {
  title: string;
  nodes: GraphNode[];
  edges: GraphEdge[];
  groups: GraphGroup[];
  places: [string, number, number][];
}

export function contentOf(title: string, graph: Graph, places: Places): Content {
  const nodes = [...graph.nodes.values()], groups = [...graph.groups.values()];
  const at: Content['places'] = [];
  for (const key of [...nodes.map((n) => n.id), ...groups.map(groupKey)]) {
    const place = places.get(key);
    if (place) at.push([key, Math.round(place[0]), Math.round(place[1])]);
  }
  return { title, nodes, edges: [...graph.edges.values()], groups: groups.map(({ cursor: _, ...rest }) => rest), places: at };
}
export const toJson = (content: Content): string => JSON.stringify({ mozu_graph: 1, ...content });

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const textOf = (value: unknown, most: number): string => (typeof value === 'string' ? value.slice(0, most) : '');
const listOf = (value: unknown): Record<string, unknown>[] => (Array.isArray(value) ? value.filter(isRecord) : []);

export function nodeOf(o: Record<string, unknown>): GraphNode | undefined {
  const id = o['id'];
  if (typeof id !== 'string' || !ID.test(id)) return undefined;
  const mark = marks.find((one) => one === o['mark']) as Mark | undefined;
  return {
    id, type: id.slice(0, id.indexOf('--')), name: textOf(o['name'], 500), source: textOf(o['source'], 200),
    ...(typeof o['tlp'] === 'string' ? { tlp: o['tlp'].slice(0, 30) } : {}), ...(o['pinned'] === true ? { pinned: true } : {}),
    ...(textOf(o['note'], NOTE_MAX) ? { note: textOf(o['note'], NOTE_MAX) } : {}), ...(mark ? { mark } : {}),
  };
}
function edgeOf(o: Record<string, unknown>): GraphEdge | undefined {
  const { from, to, relation, relationship } = o;
  if (typeof from !== 'string' || typeof to !== 'string' || !ID.test(from) || !ID.test(to) || typeof relation !== 'string' || !WORD.test(relation)) return undefined;
  return { from, to, relation, ...(typeof relationship === 'string' && ID.test(relationship) ? { relationship } : {}) };
}
function groupOf(o: Record<string, unknown>): GraphGroup | undefined {
  const { of, relation, type, left } = o;
  if (typeof of !== 'string' || !ID.test(of) || typeof relation !== 'string' || !WORD.test(relation) || typeof type !== 'string' || !WORD.test(type)) return undefined;
  if (typeof left !== 'number' || !Number.isInteger(left) || left < 0) return undefined;
  return { of, outgoing: o['outgoing'] === true, relation, type, left, ...(o['more'] === true ? { more: true } : {}) };
}

/** What such a file holds; undefined: it is none. What in it is no node, edge or group is left out. */
export function fromJson(text: string): Content | undefined {
  let o: unknown;
  try {
    o = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(o) || o['mozu_graph'] !== 1) return undefined;
  const present = <T>(one: T | undefined): one is T => one !== undefined;
  const nodes = [...new Map(listOf(o['nodes']).slice(0, NODES_MAX).map(nodeOf).filter(present).map((n) => [n.id, n])).values()];
  const ids = new Set(nodes.map((n) => n.id));
  const edges = listOf(o['edges']).slice(0, EDGES_MAX).map(edgeOf).filter(present).filter((e) => ids.has(e.from) && ids.has(e.to));
  const groups = listOf(o['groups']).slice(0, 5000).map(groupOf).filter(present).filter((g) => ids.has(g.of));
  const keys = new Set([...ids, ...groups.map(groupKey)]);
  const places: Content['places'] = [];
  if (Array.isArray(o['places']))
    for (const place of o['places'] as unknown[]) {
      if (!Array.isArray(place)) continue;
      const [key, x, y] = place as unknown[];
      if (typeof key === 'string' && keys.has(key) && typeof x === 'number' && typeof y === 'number' && Math.abs(x) < 1e6 && Math.abs(y) < 1e6) places.push([key, x, y]);
    }
  return { title: textOf(o['title'], 200), nodes, edges: [...new Map(edges.map((e) => [edgeKey(e), e])).values()], groups, places };
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`).replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '');

/** A picture of its own, with nothing to load: shapes, letters, names. */
export function toSvg(scene: Scene, colours: Palette, title: string, label: (i: number) => string): string {
  const { left, top, right, bottom } = scene.bounds();
  const room = 60;
  const width = Math.round(right - left + 2 * room), height = Math.round(bottom - top + 2 * room);
  const x = (i: number) => (scene.x[i]! - left + room).toFixed(1), y = (i: number) => (scene.y[i]! - top + room).toFixed(1);
  const out = [`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif">`, `<title>${escaped(title)}</title>`, `<rect width="100%" height="100%" fill="${colours.ground}"/>`];
  const lines: string[] = [];
  for (let e = 0; e < scene.edges.length; e += 2) lines.push(`M${x(scene.edges[e]!)} ${y(scene.edges[e]!)}L${x(scene.edges[e + 1]!)} ${y(scene.edges[e + 1]!)}`);
  out.push(`<path d="${lines.join('')}" fill="none" stroke="${colours.edge}"/>`);
  scene.things.forEach((thing, i) => {
    const [fill, letter] = colours.kinds[kindOf(thing.type)];
    const r = scene.radius(i);
    const at = `x="${x(i)}" y="${y(i)}" text-anchor="middle"`;
    if (isGroup(thing)) out.push(`<rect x="${(Number(x(i)) - r).toFixed(1)}" y="${(Number(y(i)) - r * 0.7).toFixed(1)}" width="${2 * r}" height="${(1.4 * r).toFixed(1)}" rx="3" fill="${fill}"/><text ${at} dy="4" font-size="10" font-weight="600" fill="${letter}">${thing.left}</text>`);
    else out.push(`<circle cx="${x(i)}" cy="${y(i)}" r="${r.toFixed(1)}" fill="${fill}"${thing.mark ? ` stroke="${colours[thing.mark]}" stroke-width="3"` : ''}/><text ${at} dy="${(r * 0.4).toFixed(1)}" font-size="${(r * 1.1).toFixed(1)}" font-weight="700" fill="${letter}">${escaped(letterOf(thing.type))}</text>`);
    out.push(`<text ${at} dy="${(r + 13).toFixed(1)}" font-size="11" fill="${colours.text}">${escaped(shortened(label(i), 40))}</text>`);
  });
  out.push('</svg>');
  return out.join('\n');
}
