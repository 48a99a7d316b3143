// Where the nodes of a graph lie: springs along edges, repulsion between all nodes (Barnes and Hut 1986: what is far counts as one), a pull to the middle, and a
// temperature that falls. Everything in flat arrays, since it runs some hundred times over up to 50,000 nodes (in layout.worker.ts).
export interface Bodies {
  x: Float32Array;
  y: Float32Array;
  /** 1: stays where it is. */
  fixed: Uint8Array;
  /** Pairs of places: from, to. */
  edges: Uint32Array;
}

const THETA2 = 0.81; // a cell is one body if its width is less than 0.9 of its distance
const CHARGE = -420;
const LENGTH = 60;
const GRAVITY = 0.012;
const FRICTION = 0.6;
const NEAREST2 = 36; // nearer than this counts as this far, so that what lies on one place does not fly away
const DEPTH_MAX = 24;

/** A quad tree in arrays. A cell has four children from `child`; a leaf holds a chain of bodies. */
export class QuadTree {
  private size = 0;
  private child = new Int32Array(0); // 4 a cell: -1 none, else a cell
  private head = new Int32Array(0); // first body of a leaf, -1 none
  private next = new Int32Array(0); // body after a body
  private mass = new Float32Array(0);
  private mx = new Float32Array(0);
  private my = new Float32Array(0);
  private isLeaf = new Uint8Array(0);
  private left = 0;
  private top = 0;
  private width = 1;
  private stack = new Int32Array(4 * DEPTH_MAX + 8);
  private widths = new Float32Array(4 * DEPTH_MAX + 8);

  private room(cells: number): void {
    if (this.head.length >= cells) return;
    const most = Math.max(cells, this.head.length * 2, 1024);
    const grow = <A extends Int32Array | Float32Array | Uint8Array>(old: A, length: number, make: (n: number) => A): A => {
      const out = make(length);
      out.set(old as never);
      return out;
    };
    this.child = grow(this.child, most * 4, (n) => new Int32Array(n));
    this.head = grow(this.head, most, (n) => new Int32Array(n));
    this.mass = grow(this.mass, most, (n) => new Float32Array(n));
    this.mx = grow(this.mx, most, (n) => new Float32Array(n));
    this.my = grow(this.my, most, (n) => new Float32Array(n));
    this.isLeaf = grow(this.isLeaf, most, (n) => new Uint8Array(n));
  }
  private cell(): number {
    this.room(this.size + 1);
    const at = this.size++;
    this.child.fill(-1, at * 4, at * 4 + 4);
    this.head[at] = -1;
    this.isLeaf[at] = 1;
    return at;
  }

  /** `weights`: of each body; absent: 1. */
  build(x: Float32Array, y: Float32Array, weights?: Float32Array): void {
    const n = x.length;
    let left = Infinity, top = Infinity, right = -Infinity, bottom = -Infinity;
    for (let i = 0; i < n; ++i) {
      left = Math.min(left, x[i]!);
      right = Math.max(right, x[i]!);
      top = Math.min(top, y[i]!);
      bottom = Math.max(bottom, y[i]!);
    }
    this.left = left;
    this.top = top;
    this.width = Math.max(right - left, bottom - top, 1e-3);
    if (this.next.length < n) this.next = new Int32Array(n);
    this.size = 0;
    this.cell();
    for (let i = 0; i < n; ++i) this.insert(i, x, y);
    this.weigh(x, y, weights);
  }

  private insert(body: number, x: Float32Array, y: Float32Array): void {
    let at = 0, left = this.left, top = this.top, width = this.width, depth = 0;
    const px = x[body]!, py = y[body]!;
    for (;;) {
      if (this.isLeaf[at]) {
        const there = this.head[at]!;
        if (there < 0 || depth >= DEPTH_MAX || (x[there] === px && y[there] === py)) {
          this.next[body] = there;
          this.head[at] = body;
          return;
        }
        this.split(at, left, top, width, x, y);
      }
      width /= 2;
      let quarter = 0;
      if (px >= left + width) (quarter |= 1), (left += width);
      if (py >= top + width) (quarter |= 2), (top += width);
      at = this.below(at, quarter);
      ++depth;
    }
  }
  private below(at: number, quarter: number): number {
    const there = this.child[at * 4 + quarter]!;
    if (there >= 0) return there;
    const made = this.cell();
    this.child[at * 4 + quarter] = made;
    return made;
  }
  /** A leaf with bodies (all in one place) becomes a cell with a leaf below. */
  private split(at: number, left: number, top: number, width: number, x: Float32Array, y: Float32Array): void {
    const there = this.head[at]!;
    const half = width / 2;
    const quarter = (x[there]! >= left + half ? 1 : 0) | (y[there]! >= top + half ? 2 : 0);
    this.isLeaf[at] = 0;
    this.head[at] = -1;
    const leaf = this.below(at, quarter);
    this.head[leaf] = there;
  }
  /** Children were made after their cells: backwards, all children come before their cell. */
  private weigh(x: Float32Array, y: Float32Array, weights: Float32Array | undefined): void {
    for (let at = this.size - 1; at >= 0; --at) {
      let mass = 0, mx = 0, my = 0;
      if (this.isLeaf[at]) {
        for (let b = this.head[at]!; b >= 0; b = this.next[b]!) {
          const m = weights ? weights[b]! : 1;
          mass += m;
          mx += x[b]! * m;
          my += y[b]! * m;
        }
      } else {
        for (let q = 0; q < 4; ++q) {
          const c = this.child[at * 4 + q]!;
          if (c < 0) continue;
          const m = this.mass[c]!;
          mass += m;
          mx += this.mx[c]! * m;
          my += this.my[c]! * m;
        }
      }
      this.mass[at] = mass;
      this.mx[at] = mass > 0 ? mx / mass : 0;
      this.my[at] = mass > 0 ? my / mass : 0;
    }
  }

  /** Sum over all other bodies of `charge` / distance along the way to them, added to vx, vy. */
  push(body: number, x: Float32Array, y: Float32Array, charge: number, vx: Float32Array, vy: Float32Array): void {
    const px = x[body]!, py = y[body]!;
    let depth = 0, fx = 0, fy = 0;
    this.stack[0] = 0;
    this.widths[0] = this.width;
    depth = 1;
    while (depth > 0) {
      --depth;
      const at = this.stack[depth]!, width = this.widths[depth]!;
      let dx = this.mx[at]! - px, dy = this.my[at]! - py;
      let d2 = dx * dx + dy * dy;
      if (!this.isLeaf[at] && width * width >= THETA2 * d2) {
        for (let q = 0; q < 4; ++q) {
          const c = this.child[at * 4 + q]!;
          if (c < 0) continue;
          this.stack[depth] = c;
          this.widths[depth] = width / 2;
          ++depth;
        }
        continue;
      }
      if (d2 === 0) {
        // Itself, or what lies on the same place: of the latter each goes its own way, by its number.
        if (this.head[at] === body && this.next[body]! < 0) continue;
        const angle = body * 2.399963;
        dx = Math.cos(angle) * 1e-2;
        dy = Math.sin(angle) * 1e-2;
        d2 = 1e-4;
      }
      const force = (charge * this.mass[at]!) / Math.max(d2, NEAREST2);
      fx += dx * force;
      fy += dy * force;
    }
    vx[body] = vx[body]! + fx;
    vy[body] = vy[body]! + fy;
  }
}

/** From so many nodes on, what hangs on one other node alone is not laid out for itself: it lies in a disc around that one. Most of what is known about threats is of this kind. */
const DISCS_ABOVE = 4000;
const DISC_GAP = 9;

/** What is laid out: all, or all but what lies in discs around others. */
class Core {
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly fixed: Uint8Array;
  readonly edges: Uint32Array;
  readonly weights: Float32Array;
  readonly radius: Float32Array;
  readonly #at: Uint32Array; // places of the core among all
  readonly #leaves: Uint32Array; // place among all, place of its hub within the core
  readonly #offsets: Float32Array;

  constructor(private readonly bodies: Bodies) {
    const count = bodies.x.length;
    const hubs = count > DISCS_ABOVE ? Core.hubsOf(bodies) : new Int32Array(count).fill(-1);
    const inner = new Int32Array(count).fill(-1);
    const at: number[] = [];
    for (let i = 0; i < count; ++i) if (hubs[i]! < 0) inner[i] = at.push(i) - 1;
    this.#at = Uint32Array.from(at);
    this.x = Float32Array.from(at, (i) => bodies.x[i]!);
    this.y = Float32Array.from(at, (i) => bodies.y[i]!);
    this.fixed = Uint8Array.from(at, (i) => bodies.fixed[i]!);
    this.weights = new Float32Array(at.length).fill(1);
    const leaves: number[] = [], offsets: number[] = [];
    for (let i = 0; i < count; ++i) {
      const hub = hubs[i]! < 0 ? -1 : inner[hubs[i]!]!;
      if (hub < 0) continue;
      leaves.push(i, hub);
      offsets.push(...around(0, 0, this.weights[hub]!, DISC_GAP));
      this.weights[hub] = this.weights[hub]! + 1;
    }
    this.#leaves = Uint32Array.from(leaves);
    this.#offsets = Float32Array.from(offsets);
    this.radius = this.weights.map((w) => (w > 1 ? DISC_GAP * Math.sqrt(w + 2) : 0));
    const edges: number[] = [];
    for (let e = 0; e < bodies.edges.length; e += 2) {
      const a = inner[bodies.edges[e]!]!, b = inner[bodies.edges[e + 1]!]!;
      if (a >= 0 && b >= 0) edges.push(a, b);
    }
    this.edges = Uint32Array.from(edges);
  }
  /** Of each node that hangs on one other alone, that other; else -1. Of a pair that hangs on nothing else one is the hub. */
  private static hubsOf({ x, fixed, edges }: Bodies): Int32Array {
    const count = x.length;
    const other = new Int32Array(count).fill(-1);
    const many = new Uint8Array(count);
    for (let e = 0; e < edges.length; e += 2) {
      const a = edges[e]!, b = edges[e + 1]!;
      if (other[a]! >= 0 && other[a] !== b) many[a] = 1;
      if (other[b]! >= 0 && other[b] !== a) many[b] = 1;
      other[a] = b;
      other[b] = a;
    }
    return other.map((hub, i) => (hub >= 0 && !many[i] && !fixed[i] && (many[hub] || fixed[hub] || hub < i) ? hub : -1));
  }
  /** Into the bodies: where the core lies, and around it the discs. */
  tell(): void {
    const { x, y } = this.bodies;
    this.#at.forEach((at, i) => {
      x[at] = this.x[i]!;
      y[at] = this.y[i]!;
    });
    for (let n = 0; n < this.#leaves.length; n += 2) {
      const at = this.#leaves[n]!, hub = this.#leaves[n + 1]!;
      x[at] = this.x[hub]! + this.#offsets[n]!;
      y[at] = this.y[hub]! + this.#offsets[n + 1]!;
    }
  }
}

export class Layout {
  readonly count: number;
  heat: number;
  private readonly core: Core;
  private readonly vx: Float32Array;
  private readonly vy: Float32Array;
  private readonly degree: Uint32Array;
  private readonly tree = new QuadTree();

  /** `heat`: 1 for a new graph, less where most lies well already. It cools until it is below 0.02. */
  constructor(readonly bodies: Bodies, heat = 1) {
    this.core = new Core(bodies);
    this.count = this.core.x.length;
    this.heat = heat;
    this.vx = new Float32Array(this.count);
    this.vy = new Float32Array(this.count);
    this.degree = new Uint32Array(this.count);
    for (const end of this.core.edges) this.degree[end] = this.degree[end]! + 1;
  }
  get done(): boolean {
    return this.heat < 0.02 || this.bodies.x.length < 2;
  }

  step(): void {
    this.pull();
    const { x, y, fixed, weights } = this.core;
    const { vx, vy, heat, count } = this;
    this.tree.build(x, y, weights);
    for (let i = 0; i < count; ++i) if (!fixed[i]) this.tree.push(i, x, y, CHARGE * heat, vx, vy);
    const gravity = GRAVITY * heat;
    const most = 60 + 400 * heat; // a step at most, so that nothing is thrown out of sight
    for (let i = 0; i < count; ++i) {
      if (fixed[i]) {
        vx[i] = vy[i] = 0;
        continue;
      }
      vx[i] = Math.max(-most, Math.min(most, (vx[i]! - x[i]! * gravity) * FRICTION));
      vy[i] = Math.max(-most, Math.min(most, (vy[i]! - y[i]! * gravity) * FRICTION));
      x[i] = x[i]! + vx[i]!;
      y[i] = y[i]! + vy[i]!;
    }
    this.heat *= 1 - (count > 10_000 ? 0.045 : 0.0228); // about 90 steps of a large graph, 170 of a small one
    this.core.tell();
  }

  /** The springs. */
  private pull(): void {
    const { x, y, edges, radius } = this.core;
    const { vx, vy, degree, heat } = this;
    for (let e = 0; e < edges.length; e += 2) {
      const a = edges[e]!, b = edges[e + 1]!;
      let dx = x[b]! + vx[b]! - x[a]! - vx[a]!, dy = y[b]! + vy[b]! - y[a]! - vy[a]!;
      if (dx === 0 && dy === 0) dx = 1e-3 * ((a % 7) + 1);
      const d = Math.sqrt(dx * dx + dy * dy);
      const da = degree[a]!, db = degree[b]!;
      // Hubs hold their neighbours further away: they need the room around.
      const length = LENGTH + 8 * Math.sqrt(Math.max(da, db)) + radius[a]! + radius[b]!;
      const pull = (((d - length) / d) * heat) / Math.min(da, db);
      dx *= pull;
      dy *= pull;
      const share = da / (da + db);
      vx[b] = vx[b]! - dx * share;
      vy[b] = vy[b]! - dy * share;
      vx[a] = vx[a]! + dx * (1 - share);
      vy[a] = vy[a]! + dy * (1 - share);
    }
  }
}

/** Where the n-th of many new things lies around a place: a spiral of even density. */
export function around(x: number, y: number, n: number, gap = 18): [number, number] {
  const r = gap * Math.sqrt(n + 2), angle = n * 2.399963;
  return [x + r * Math.cos(angle), y + r * Math.sin(angle)];
}
