// A research graph: nodes are objects of the knowledge base, edges what they are related by, groups the neighbours that are not shown one by one. What is in it is
// never changed in place: a change says what was and what is, so that it can be undone. Where things lie is apart (positions.ts), since that is no change.
export interface GraphNode {
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly source: string;
  readonly tlp?: string | undefined;
  readonly pinned?: boolean | undefined;
  readonly note?: string | undefined;
  readonly mark?: Mark | undefined;
}
export type Mark = 'interesting' | 'suspect' | 'cleared';
export const marks: readonly Mark[] = ['interesting', 'suspect', 'cleared'];
export interface GraphEdge {
  readonly from: string;
  readonly to: string;
  readonly relation: string;
  /** Object that says so; absent: an embedded reference. */
  readonly relationship?: string | undefined;
}
/** Neighbours of `of`, by one relation and of one type, that are not in the graph: `left` of them, read from `cursor` on. */
export interface GraphGroup {
  readonly of: string;
  readonly outgoing: boolean;
  readonly relation: string;
  readonly type: string;
  readonly left: number;
  /** There are more than `left`: the server counts no further. */
  readonly more?: boolean | undefined;
  readonly cursor?: string | undefined;
}

export const edgeKey = (e: GraphEdge): string => `${e.from} ${e.relation} ${e.to}`;
export const groupKey = (g: Pick<GraphGroup, 'of' | 'outgoing' | 'relation' | 'type'>): string => `group ${g.of} ${g.outgoing ? 'out' : 'in'} ${g.relation} ${g.type}`;

/** Of one thing: what was and what is; undefined where it is not there. */
interface Step<T> {
  key: string;
  before: T | undefined;
  after: T | undefined;
}
export interface Change {
  nodes: Step<GraphNode>[];
  edges: Step<GraphEdge>[];
  groups: Step<GraphGroup>[];
}
const turned = <T>(steps: Step<T>[]): Step<T>[] => steps.map(({ key, before, after }) => ({ key, before: after, after: before })).reverse();
export const inverse = (c: Change): Change => ({ nodes: turned(c.nodes), edges: turned(c.edges), groups: turned(c.groups) });
export const isNothing = (c: Change): boolean => c.nodes.length + c.edges.length + c.groups.length === 0;
const weightOf = (c: Change): number => c.nodes.length + c.edges.length + c.groups.length;

function put<T>(map: Map<string, T>, steps: Step<T>[]): void {
  for (const { key, after } of steps) {
    if (after === undefined) map.delete(key);
    else map.set(key, after);
  }
}

export class Graph {
  readonly nodes = new Map<string, GraphNode>();
  readonly edges = new Map<string, GraphEdge>();
  readonly groups = new Map<string, GraphGroup>();

  apply(change: Change): void {
    put(this.nodes, change.nodes);
    put(this.edges, change.edges);
    put(this.groups, change.groups);
  }

  /** What is new of these; edges only between nodes that are there, or come with them. */
  adding(nodes: Iterable<GraphNode>, edges: Iterable<GraphEdge>, groups: Iterable<GraphGroup> = []): Change {
    const change: Change = { nodes: [], edges: [], groups: [] };
    const coming = new Set<string>();
    for (const node of nodes) {
      if (this.nodes.has(node.id) || coming.has(node.id)) continue;
      coming.add(node.id);
      change.nodes.push({ key: node.id, before: undefined, after: node });
    }
    const there = (id: string) => this.nodes.has(id) || coming.has(id);
    const told = new Set<string>();
    for (const edge of edges) {
      const key = edgeKey(edge);
      if (edge.from === edge.to || this.edges.has(key) || told.has(key) || !there(edge.from) || !there(edge.to)) continue;
      told.add(key);
      change.edges.push({ key, before: undefined, after: edge });
    }
    for (const group of groups) if (there(group.of)) change.groups.push(this.grouping(groupKey(group), group.left > 0 || group.more ? group : undefined));
    change.groups = change.groups.filter((step) => step.before !== step.after);
    return change;
  }
  private grouping(key: string, after: GraphGroup | undefined): Step<GraphGroup> {
    return { key, before: this.groups.get(key), after };
  }

  /** Without these nodes and groups, and what hangs on them. */
  removing(keys: ReadonlySet<string>): Change {
    const change: Change = { nodes: [], edges: [], groups: [] };
    for (const [id, node] of this.nodes) if (keys.has(id)) change.nodes.push({ key: id, before: node, after: undefined });
    for (const [key, edge] of this.edges) if (keys.has(edge.from) || keys.has(edge.to)) change.edges.push({ key, before: edge, after: undefined });
    for (const [key, group] of this.groups) if (keys.has(key) || keys.has(group.of)) change.groups.push({ key, before: group, after: undefined });
    return change;
  }

  /** With other words about nodes: pinned, note, mark. */
  altering(ids: Iterable<string>, to: Partial<Pick<GraphNode, 'pinned' | 'note' | 'mark'>>): Change {
    const change: Change = { nodes: [], edges: [], groups: [] };
    for (const id of ids) {
      const before = this.nodes.get(id);
      if (!before) continue;
      const after = { ...before, ...to };
      if (after.pinned === before.pinned && after.note === before.note && after.mark === before.mark) continue;
      change.nodes.push({ key: id, before, after });
    }
    return change;
  }

  /** Neighbours within the graph, groups of the node among them. */
  around(key: string): Set<string> {
    const out = new Set<string>();
    const group = this.groups.get(key);
    if (group) return out.add(group.of);
    for (const edge of this.edges.values()) {
      if (edge.from === key) out.add(edge.to);
      if (edge.to === key) out.add(edge.from);
    }
    for (const [other, of] of this.groups) if (of.of === key) out.add(other);
    return out;
  }

  /** Ids along a shortest way from one node to another, whichever way the relations point; empty: there is none. */
  path(from: string, to: string): string[] {
    const next = new Map<string, string[]>();
    const add = (a: string, b: string) => (next.get(a) ?? next.set(a, []).get(a)!).push(b);
    for (const edge of this.edges.values()) {
      add(edge.from, edge.to);
      add(edge.to, edge.from);
    }
    const came = new Map<string, string>([[from, '']]);
    let front = [from];
    while (front.length > 0 && !came.has(to)) {
      const further: string[] = [];
      for (const at of front)
        for (const other of next.get(at) ?? [])
          if (!came.has(other)) {
            came.set(other, at);
            further.push(other);
          }
      front = further;
    }
    const out: string[] = [];
    for (let at = came.has(to) ? to : ''; at !== ''; at = came.get(at) ?? '') out.unshift(at);
    return out;
  }
}

/** What was done, to be undone and done again. Bounded by what the steps hold, the oldest go first. */
export class History {
  static readonly STEPS_MAX = 200;
  static readonly WEIGHT_MAX = 400_000;
  #done: Change[] = [];
  #undone: Change[] = [];
  constructor(readonly graph: Graph) {}

  do(change: Change): boolean {
    if (isNothing(change)) return false;
    this.graph.apply(change);
    this.#done.push(change);
    this.#undone = [];
    let weight = this.#done.reduce((sum, one) => sum + weightOf(one), 0);
    while (this.#done.length > 1 && (this.#done.length > History.STEPS_MAX || weight > History.WEIGHT_MAX)) weight -= weightOf(this.#done.shift()!);
    return true;
  }
  undo(): Change | undefined {
    const last = this.#done.pop();
    if (!last) return undefined;
    this.#undone.push(last);
    const back = inverse(last);
    this.graph.apply(back);
    return back;
  }
  redo(): Change | undefined {
    const last = this.#undone.pop();
    if (!last) return undefined;
    this.#done.push(last);
    this.graph.apply(last);
    return last;
  }
  forget(): void {
    this.#done = [];
    this.#undone = [];
  }
  get canUndo(): boolean {
    return this.#done.length > 0;
  }
  get canRedo(): boolean {
    return this.#undone.length > 0;
  }
}
