// One research graph being worked on: what is in it, what may be undone, what is chosen, how it came from the server and goes back there.
import { api, cursorOf, problemFrom, type Problem } from '../api.svelte';
import type { Answer, Head, Neighbour, NeighbourCount, Page, Stored } from '../types';
import { contentOf, NODES_MAX, type Content } from './files';
import { Graph, groupKey, History, type Change, type GraphEdge, type GraphGroup, type GraphNode, type Mark } from './model';
import { Places, type Filter } from './scene';

/** The relation between objects that say something of one value. */
const SAME_VALUE = 'same-value';
export const GROUP_ABOVE = 40; // more neighbours of one kind than these come as a group
export const PIECE = 40; // what a group gives at once, unless more are asked for
export const PIECES_MOST = 10_000;
const PAGE_MOST = 1000;
const GROUPS_COUNTED_MOST = 100;

export interface SavedHead {
  id: string;
  version: number;
  title: string;
  by: string;
  own: boolean;
  shared: boolean;
  tlp?: string;
  created: string;
  changed: string;
}
interface Saved extends SavedHead {
  nodes: (Head & { x: number; y: number; pinned?: boolean; note?: string; mark?: Mark })[];
  edges: { from: number; to: number; relation: string; relationship_id?: string }[];
  groups: { of: number; outgoing: boolean; relation: string; type: string }[];
}

export const nodeFrom = (head: Head, object?: Record<string, unknown>): GraphNode => {
  const value = object?.['value'];
  return { id: head.id, type: head.type, name: (head.name ?? '').trim() || (typeof value === 'string' ? value : ''), source: head.source, ...(head.tlp ? { tlp: head.tlp } : {}) };
};
const edgeFrom = (id: string, n: Neighbour): GraphEdge => ({
  from: n.outgoing ? id : n.object.id, to: n.outgoing ? n.object.id : id, relation: n.relation, ...(n.relationship_id ? { relationship: n.relationship_id } : {}),
});
/** Who keeps the record, and how it is marked: of the record, not of what it speaks of. */
export const isHousekeeping = (relation: string): boolean => /^(created_by_ref|x_mitre_modified_by_ref|object_marking_refs)$/.test(relation);
/** What is seldom meant when somebody asks what something is related to: who wrote it, and how it is marked. */
export const isMinor = (c: Pick<NeighbourCount, 'relation' | 'type'>): boolean => /^(created_by_ref|object_marking_refs|x_mitre_.*|tactic_refs)$/.test(c.relation) || /^(marking-definition|x-mitre-(tactic|matrix|collection|analytic|data-source|data-component|detection-strategy))$/.test(c.type);
const neighboursPath = (id: string, c: Pick<NeighbourCount, 'outgoing' | 'relation' | 'type'>, limit: number, cursor: string | undefined) =>
  `/objects/${id}/neighbours?direction=${c.outgoing ? 'out' : 'in'}&relation=${encodeURIComponent(c.relation)}&type=${encodeURIComponent(c.type)}&limit=${limit}${cursorOf(cursor)}`;

export class Research {
  readonly graph = new Graph();
  readonly history = new History(this.graph);
  readonly places = new Places();
  /** Rises with each change of the graph, so that what shows it knows. */
  version = $state(0);
  selected = $state.raw<ReadonlySet<string>>(new Set());
  filter = $state.raw<Filter>({ types: new Set(), sources: new Set(), relations: new Set() });
  busy = $state(0);
  problem = $state.raw<Problem | undefined>(undefined);
  saved = $state.raw<SavedHead | undefined>(undefined);
  title = $state('');
  /** `version` when it was saved last. */
  clean = $state(0);
  /** What came with the last change, to be laid out and shown. */
  fresh = $state.raw<{ keys: string[]; heat: number; fit: boolean }>({ keys: [], heat: 0, fit: false });
  /** How many things the last change brought or took. */
  last = $state.raw<{ added: number; removed: number }>({ added: 0, removed: 0 });

  get dirty(): boolean {
    return this.version !== this.clean;
  }
  get room(): number {
    return Math.max(0, NODES_MAX - this.graph.nodes.size);
  }

  do(change: Change, by?: string): void {
    if (this.history.do(change)) this.changed(change, by);
  }
  undo(): void {
    const change = this.history.undo();
    if (change) this.changed(change);
  }
  redo(): void {
    const change = this.history.redo();
    if (change) this.changed(change);
  }
  private changed(change: Change, by?: string): void {
    const steps = [...change.nodes, ...change.groups];
    const came = steps.filter((s) => s.before === undefined).map((s) => s.key);
    const gone = steps.filter((s) => s.after === undefined).length;
    const was = this.graph.nodes.size - change.nodes.filter((s) => s.before === undefined).length;
    this.places.settle(came, by);
    const kept = [...this.selected].filter((key) => this.graph.nodes.has(key) || this.graph.groups.has(key));
    if (kept.length !== this.selected.size) this.selected = new Set(kept);
    this.last = { added: came.length, removed: gone };
    if (came.length > 0 || change.edges.length > 0) this.fresh = { keys: came, heat: was === 0 ? 1 : Math.min(0.8, 0.2 + came.length / (was + 1)), fit: was === 0 };
    ++this.version;
  }

  private async working<T>(what: () => Promise<T>): Promise<T | undefined> {
    ++this.busy;
    try {
      const out = await what();
      this.problem = undefined;
      return out;
    } catch (error) {
      this.problem = problemFrom(error);
      return undefined;
    } finally {
      --this.busy;
    }
  }

  /** Objects as first nodes; of a lone one its relations come, too, and of those that say the `same` of one value. */
  async add(ids: string[], same: string[] = []): Promise<void> {
    await this.working(async () => {
      const fresh = [...new Set(ids)].filter((id) => !this.graph.nodes.has(id));
      const objects = await Promise.all(fresh.map((id) => api<Stored>(`/objects/${encodeURIComponent(id)}`)));
      const first = this.graph.nodes.size === 0;
      const [one, ...others] = same;
      this.do(this.graph.adding(objects.map((o) => nodeFrom(o, o.object)), others.map((other) => ({ from: one!, to: other, relation: SAME_VALUE }))));
      this.selected = new Set(ids);
      const about = objects.length === 1 ? [objects[0]!.id] : same;
      if (first && about.length > 0) for (const id of about) await this.expand(id);
      else if (this.graph.nodes.size > 1) await this.connect(ids);
    });
  }
  counts(id: string, signal?: AbortSignal): Promise<Page<NeighbourCount>> {
    return api<Page<NeighbourCount>>(`/objects/${id}/neighbour-counts`, signal ? { signal } : {});
  }
  /** Everything a node is related to: kinds with few neighbours one by one, others as a group. */
  async expand(id: string): Promise<void> {
    await this.working(async () => {
      const all = (await this.counts(id)).items.filter((c) => !isMinor(c));
      const few = all.filter((c) => c.count <= GROUP_ABOVE && !c.more);
      const pages = await Promise.all(few.map((c) => api<Page<Neighbour>>(neighboursPath(id, c, PAGE_MOST, undefined))));
      const found = pages.flatMap((page) => page.items).slice(0, this.room);
      const many = all.filter((c) => !few.includes(c));
      this.do(this.graph.adding(found.map((n) => nodeFrom(n.object)), found.map((n) => edgeFrom(id, n)), many.map((c) => this.groupOf(id, c))), id);
    });
  }
  /** One kind of neighbours. */
  async expandKind(id: string, c: NeighbourCount): Promise<void> {
    if (c.count > GROUP_ABOVE || c.more) {
      const group = this.groupOf(id, c);
      if (!this.graph.groups.has(groupKey(group))) this.do(this.graph.adding([], [], [group]), id);
      await this.openGroup(groupKey(group), PIECE);
      return;
    }
    await this.working(async () => {
      const page = await api<Page<Neighbour>>(neighboursPath(id, c, PAGE_MOST, undefined));
      const found = page.items.slice(0, this.room);
      this.do(this.graph.adding(found.map((n) => nodeFrom(n.object)), found.map((n) => edgeFrom(id, n))), id);
    });
  }
  private groupOf(id: string, c: NeighbourCount): GraphGroup {
    const there = this.graph.groups.get(groupKey({ of: id, ...c }));
    return there ?? { of: id, outgoing: c.outgoing, relation: c.relation, type: c.type, left: c.count, ...(c.more ? { more: true } : {}) };
  }
  /** The next `n` of a group become nodes. */
  async openGroup(key: string, n: number): Promise<void> {
    const group = this.graph.groups.get(key);
    if (!group) return;
    await this.working(async () => {
      const nodes: GraphNode[] = [], edges: GraphEdge[] = [];
      let cursor = group.cursor, read = 0, ended = false;
      const most = Math.min(n, this.room, PIECES_MOST);
      while (read < most && !ended) {
        const page = await api<Page<Neighbour>>(neighboursPath(group.of, group, Math.min(PAGE_MOST, most - read), cursor));
        for (const one of page.items) {
          nodes.push(nodeFrom(one.object));
          edges.push(edgeFrom(group.of, one));
        }
        read += page.items.length;
        cursor = page.next;
        ended = !cursor;
      }
      const left: GraphGroup = { ...group, left: ended ? 0 : Math.max(1, group.left - read), more: ended ? false : group.more, cursor };
      this.do(this.graph.adding(nodes, edges, [left]), group.of);
    });
  }
  /** Relations between what is shown that nobody asked for yet. */
  async connect(about?: string[]): Promise<void> {
    const LINKED_MOST = 2000;
    await this.working(async () => {
      const ids = [...new Set([...(about ?? []), ...this.graph.nodes.keys()])].slice(0, LINKED_MOST);
      const found = await api<{ items: { from: string; to: string; relation: string; relationship_id?: string }[] }>('/objects/links', { method: 'POST', json: { ids } });
      const edges = found.items.filter((e) => !isMinor({ relation: e.relation, type: '' })).map(({ from, to, relation, relationship_id }) => ({ from, to, relation, ...(relationship_id ? { relationship: relationship_id } : {}) }));
      this.do(this.graph.adding([], edges));
    });
  }
  remove(keys: ReadonlySet<string>): void {
    this.do(this.graph.removing(keys));
  }
  alter(ids: Iterable<string>, to: Partial<Pick<GraphNode, 'pinned' | 'note' | 'mark'>>): void {
    this.do(this.graph.altering(ids, to));
  }

  /** Replaces everything, and what was done cannot be undone: another graph was opened. */
  replace(content: Content, saved?: SavedHead): void {
    this.graph.nodes.clear();
    this.graph.edges.clear();
    this.graph.groups.clear();
    this.history.forget();
    this.selected = new Set();
    for (const [key, x, y] of content.places) this.places.set(key, x, y);
    const change = this.graph.adding(content.nodes, content.edges, content.groups);
    this.graph.apply(change);
    this.title = content.title;
    this.saved = saved;
    const placed = new Set(content.places.map(([key]) => key));
    this.places.settle([...this.graph.nodes.keys(), ...this.graph.groups.keys()], undefined);
    const lost = [...this.graph.nodes.keys()].filter((key) => !placed.has(key));
    this.fresh = { keys: lost, heat: lost.length === 0 ? 0 : 1, fit: true };
    this.last = { added: content.nodes.length, removed: 0 };
    ++this.version;
    this.clean = saved ? this.version : 0;
  }
  async open(id: string): Promise<void> {
    await this.working(async () => this.take(await api<Saved>(`/graphs/${encodeURIComponent(id)}`)));
  }
  private async take(saved: Saved): Promise<void> {
    const at = (i: number) => saved.nodes[i]!.id;
    const groups: GraphGroup[] = [];
    // How many are in a group is what this reader may see now, less what is in the graph.
    for (const of of [...new Set(saved.groups.map((g) => g.of))].slice(0, GROUPS_COUNTED_MOST)) {
      const counts = (await this.counts(at(of))).items;
      for (const g of saved.groups.filter((one) => one.of === of)) {
        const c = counts.find((one) => one.outgoing === g.outgoing && one.relation === g.relation && one.type === g.type);
        if (c) groups.push({ of: at(of), outgoing: g.outgoing, relation: g.relation, type: g.type, left: c.count, ...(c.more ? { more: true } : {}) });
      }
    }
    const nodes = saved.nodes.map((n): GraphNode => ({ ...nodeFrom(n), ...(n.pinned ? { pinned: true } : {}), ...(n.note ? { note: n.note } : {}), ...(n.mark ? { mark: n.mark } : {}) }));
    const edges = saved.edges.map((e): GraphEdge => ({ from: at(e.from), to: at(e.to), relation: e.relation, ...(e.relationship_id ? { relationship: e.relationship_id } : {}) }));
    this.replace({ title: saved.title, nodes, edges, groups, places: saved.nodes.map((n) => [n.id, n.x, n.y]) }, saved);
  }
  /** Keeps it under its name; `as`: as one's own new graph. The server refuses what somebody changed meanwhile. */
  async save(title: string, shared: boolean, as: boolean): Promise<boolean> {
    const content = contentOf(title, this.graph, this.places);
    const place = new Map(content.nodes.map((n, i) => [n.id, i]));
    const where = new Map(content.places.map(([key, x, y]) => [key, [x, y] as const]));
    const body = {
      title, shared,
      nodes: content.nodes.map((n) => ({ id: n.id, x: where.get(n.id)?.[0] ?? 0, y: where.get(n.id)?.[1] ?? 0, ...(n.pinned ? { pinned: true } : {}), ...(n.note ? { note: n.note } : {}), ...(n.mark ? { mark: n.mark } : {}) })),
      edges: content.edges.map((e) => ({ from: place.get(e.from)!, to: place.get(e.to)!, relation: e.relation, ...(e.relationship ? { relationship_id: e.relationship } : {}) })),
      groups: content.groups.map((g) => ({ of: place.get(g.of)!, outgoing: g.outgoing, relation: g.relation, type: g.type })),
    };
    const at = this.version;
    const before = as ? undefined : this.saved;
    const kept = await this.working(() =>
      before ? api<Saved>(`/graphs/${before.id}`, { method: 'PUT', json: { ...body, version: before.version } }) : api<Saved>('/graphs', { method: 'POST', json: body }),
    );
    if (!kept) return false;
    this.saved = kept;
    this.title = title;
    this.clean = at;
    return true;
  }
  async forget(id: string): Promise<void> {
    await this.working(() => api(`/graphs/${id}`, { method: 'DELETE' }));
    if (!this.problem && this.saved?.id === id) this.saved = undefined;
  }
}

/** Objects that an answer about a value speaks of. */
export function idsOf(answer: Answer): string[] {
  const listed = (answer.listed_by ?? []).map((l) => l.id).filter((id) => id !== undefined);
  return [...new Set([...(answer.objects ?? []).map((o) => o.id), ...listed])].slice(0, SEEDS_MOST);
}
/** Of these, whose key is the value itself: what several sources say of it stands in a node each, which belong together. */
export function sameOf(answer: Answer): string[] {
  const ids = (answer.objects ?? []).filter((o) => o.type === 'indicator' && o.relation === 'exact').map((o) => o.id);
  const there = new Set(idsOf(answer));
  return ids.length > 1 ? [...new Set(ids)].filter((id) => there.has(id)) : [];
}
export const SEEDS_MOST = 20;

/** One graph for as long as the page is open: who looks something up on another page comes back to it. Another person begins anew. */
let current: { of: string; research: Research } | undefined;
export function researchOf(person: string): Research {
  if (current?.of !== person) current = { of: person, research: new Research() };
  return current.research;
}
