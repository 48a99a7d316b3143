// What of a graph is drawn: its nodes and groups by number, with where they lie, and its edges as pairs of numbers. Made anew when the graph or a filter changes.
import { groupKey, type Graph, type GraphGroup, type GraphNode } from './model';
import { around } from './layout';

/** Where things lie. Kept apart from the graph: what was removed and comes back lies where it lay. */
export class Places {
  readonly #at = new Map<string, [number, number]>();
  get(key: string): [number, number] | undefined {
    return this.#at.get(key);
  }
  set(key: string, x: number, y: number): void {
    this.#at.set(key, [x, y]);
  }
  /** Gives each of `keys` that has none a place around that of another thing, or around the middle. */
  settle(keys: Iterable<string>, by: string | undefined): void {
    const [x, y] = (by === undefined ? undefined : this.get(by)) ?? [0, 0];
    let n = 0;
    for (const key of keys) if (!this.#at.has(key)) this.#at.set(key, around(x, y, n++));
  }
}

export interface Filter {
  types: ReadonlySet<string>;
  sources: ReadonlySet<string>;
  relations: ReadonlySet<string>;
}
export const nothingHidden: Filter = { types: new Set(), sources: new Set(), relations: new Set() };

export class Scene {
  readonly keys: string[] = [];
  readonly things: (GraphNode | GraphGroup)[] = [];
  readonly index = new Map<string, number>();
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly fixed: Uint8Array;
  readonly degree: Uint32Array;
  readonly edges: Uint32Array;
  readonly relations: string[] = [];

  constructor(graph: Graph, places: Places, filter: Filter = nothingHidden) {
    const add = (key: string, thing: GraphNode | GraphGroup) => {
      this.index.set(key, this.keys.length);
      this.keys.push(key);
      this.things.push(thing);
    };
    for (const [id, node] of graph.nodes) if (!filter.types.has(node.type) && !filter.sources.has(node.source)) add(id, node);
    const ends: number[] = [];
    const join = (from: number | undefined, to: number | undefined, relation: string) => {
      if (from === undefined || to === undefined) return;
      ends.push(from, to);
      this.relations.push(relation);
    };
    for (const edge of graph.edges.values()) if (!filter.relations.has(edge.relation)) join(this.index.get(edge.from), this.index.get(edge.to), edge.relation);
    for (const [key, group] of graph.groups) {
      const of = this.index.get(group.of);
      if (of === undefined || filter.types.has(group.type) || filter.relations.has(group.relation)) continue;
      add(key, group);
      const at = this.index.get(key);
      if (group.outgoing) join(of, at, group.relation);
      else join(at, of, group.relation);
    }
    const count = this.keys.length;
    this.x = new Float32Array(count);
    this.y = new Float32Array(count);
    this.fixed = new Uint8Array(count);
    this.degree = new Uint32Array(count);
    this.edges = Uint32Array.from(ends);
    for (const end of this.edges) this.degree[end] = this.degree[end]! + 1;
    this.keys.forEach((key, i) => {
      const place = places.get(key) ?? around(0, 0, i);
      this.x[i] = place[0];
      this.y[i] = place[1];
      const thing = this.things[i]!;
      this.fixed[i] = 'id' in thing && thing.pinned ? 1 : 0;
    });
  }

  /** Half the width of what is drawn, in units of the world. */
  radius(i: number): number {
    return isGroup(this.things[i]!) ? 13 : Math.min(20, 7 + Math.sqrt(this.degree[i]!) * 0.9);
  }
  keep(places: Places): void {
    this.keys.forEach((key, i) => places.set(key, this.x[i]!, this.y[i]!));
  }
  bounds(): { left: number; top: number; right: number; bottom: number } {
    let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
    for (let i = 0; i < this.x.length; ++i) {
      left = Math.min(left, this.x[i]!);
      right = Math.max(right, this.x[i]!);
      top = Math.min(top, this.y[i]!);
      bottom = Math.max(bottom, this.y[i]!);
    }
    return this.x.length === 0 ? { left: -100, top: -100, right: 100, bottom: 100 } : { left, top, right, bottom };
  }
  /** What lies nearest to a place of the world, at most `reach` beyond its own border; -1: nothing. */
  at(px: number, py: number, reach: number): number {
    let best = -1, nearest = Infinity;
    for (let i = 0; i < this.x.length; ++i) {
      const dx = this.x[i]! - px, dy = this.y[i]! - py;
      const d2 = dx * dx + dy * dy;
      if (d2 < nearest) {
        const most = this.radius(i) + reach;
        if (d2 <= most * most) {
          nearest = d2;
          best = i;
        }
      }
    }
    return best;
  }
  /** The next thing in a direction: near, and more ahead than beside. */
  towards(from: number, dx: number, dy: number): number {
    let best = -1, least = Infinity;
    const fx = this.x[from]!, fy = this.y[from]!;
    for (let i = 0; i < this.x.length; ++i) {
      if (i === from) continue;
      const ox = this.x[i]! - fx, oy = this.y[i]! - fy;
      const ahead = ox * dx + oy * dy;
      if (ahead <= 0) continue;
      const beside = Math.abs(ox * dy - oy * dx);
      if (beside > ahead * 1.8) continue;
      const cost = ahead + 2 * beside;
      if (cost < least) {
        least = cost;
        best = i;
      }
    }
    return best;
  }
}

export const isGroup = (thing: GraphNode | GraphGroup): thing is GraphGroup => 'of' in thing;
export const keyOf = (thing: GraphNode | GraphGroup): string => (isGroup(thing) ? groupKey(thing) : thing.id);

/** How much of the world is seen: `scale` pixels a unit, the middle of the picture at (x, y). */
export interface View {
  x: number;
  y: number;
  scale: number;
}
export const SCALE_MIN = 0.004;
export const SCALE_MAX = 6;

export function fitting(scene: Scene, width: number, height: number, scaleMost = 1.6): View {
  const { left, top, right, bottom } = scene.bounds();
  const room = 60;
  const scale = Math.min((width - 2 * room) / Math.max(right - left, 1), (height - 2 * room) / Math.max(bottom - top, 1), scaleMost);
  return { x: (left + right) / 2, y: (top + bottom) / 2, scale: Math.max(SCALE_MIN, scale) };
}
export function zoomed(view: View, factor: number, px: number, py: number, width: number, height: number): View {
  const scale = Math.max(SCALE_MIN, Math.min(SCALE_MAX, view.scale * factor));
  // What is under the pointer stays there.
  const wx = view.x + (px - width / 2) / view.scale, wy = view.y + (py - height / 2) / view.scale;
  return { x: wx - (px - width / 2) / scale, y: wy - (py - height / 2) / scale, scale };
}
