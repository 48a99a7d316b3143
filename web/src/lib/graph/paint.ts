// A scene on a canvas. A generator, so that a large one is drawn in pieces between which the page stays quick.
import { isGroup, type Scene, type View } from './scene';

export interface Palette {
  ground: string;
  text: string;
  muted: string;
  edge: string;
  edgeStrong: string;
  select: string;
  halo: string;
  suspect: string;
  interesting: string;
  cleared: string;
  font: string;
  /** Fill and the letter on it, by kind of node. */
  kinds: Record<Kind, [string, string]>;
}
export const kindNames = ['actor', 'malware', 'technique', 'campaign', 'report', 'indicator', 'observable', 'vulnerability', 'other'] as const;
export type Kind = (typeof kindNames)[number];

const KIND_OF: Record<string, Kind> = {
  'intrusion-set': 'actor', 'threat-actor': 'actor', malware: 'malware', tool: 'malware', 'attack-pattern': 'technique', campaign: 'campaign', incident: 'campaign', report: 'report', note: 'report', grouping: 'report',
  indicator: 'indicator', vulnerability: 'vulnerability', infrastructure: 'observable',
};
const OBSERVABLE = /^(ipv[46]-addr|domain-name|url|file|email-|autonomous-system|mac-addr|x509|artifact|mutex|directory|process|windows-|user-account|network-traffic)/;
export const kindOf = (type: string): Kind => (Object.hasOwn(KIND_OF, type) ? KIND_OF[type] : undefined) ?? (OBSERVABLE.test(type) ? 'observable' : 'other');
const LETTERS: Record<string, string> = {
  'intrusion-set': 'A', 'threat-actor': 'A', malware: 'M', tool: 'T', campaign: 'C', 'attack-pattern': 'P', report: 'R', indicator: 'I', vulnerability: 'V', identity: 'O', 'course-of-action': 'D', 'ipv4-addr': '4', 'ipv6-addr': '6',
  'domain-name': 'N', url: 'U', file: 'F', infrastructure: 'S', location: 'L', note: 'N',
};
/** The letter that stands for a type: colour alone tells nothing. */
export const letterOf = (type: string): string => (Object.hasOwn(LETTERS, type) ? LETTERS[type] : undefined) ?? '·';

export interface Emphasis {
  selected: ReadonlySet<number>;
  /** What stays bright while the rest is dimmed; undefined: all. */
  bright?: ReadonlySet<number> | undefined;
  hover: number;
}
export interface Names {
  label(i: number): string;
  count(n: number, more: boolean): string;
}
export interface Frame {
  context: CanvasRenderingContext2D;
  /** In pixels of the page. */
  width: number;
  height: number;
  /** Pixels of the canvas in one of the page. */
  ratio: number;
}

const EDGES_A_PIECE = 4000;
const NODES_A_PIECE = 1500;
const LABELS_MAX = 400;

export function* paint(frame: Frame, scene: Scene, view: View, colours: Palette, emphasis: Emphasis, names: Names): Generator<void> {
  const { context: c, width, height, ratio } = frame;
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.fillStyle = colours.ground;
  c.fillRect(0, 0, width, height);
  const sx = (i: number) => (scene.x[i]! - view.x) * view.scale + width / 2;
  const sy = (i: number) => (scene.y[i]! - view.y) * view.scale + height / 2;
  yield* paintEdges(c, scene, view, colours, emphasis, sx, sy, width, height);
  const shown = yield* paintNodes(c, scene, view, colours, emphasis, names, sx, sy, width, height);
  paintLabels(c, scene, view, colours, emphasis, names, shown, sx, sy);
}

type At = (i: number) => number;

function* paintEdges(c: CanvasRenderingContext2D, scene: Scene, view: View, colours: Palette, { bright }: Emphasis, sx: At, sy: At, width: number, height: number): Generator<void> {
  const { edges } = scene;
  const arrows = view.scale > 0.45 && edges.length < 20_000;
  for (const strong of [false, true]) {
    if (strong && !bright) break;
    c.strokeStyle = strong ? colours.edgeStrong : colours.edge;
    c.lineWidth = strong ? 1.2 : Math.min(1, Math.max(0.35, view.scale));
    c.globalAlpha = strong ? 1 : bright ? 0.35 : edges.length > 40_000 ? 0.5 : 0.85;
    c.beginPath();
    let drawn = 0;
    for (let e = 0; e < edges.length; e += 2) {
      const a = edges[e]!, b = edges[e + 1]!;
      if (strong && !(bright!.has(a) && bright!.has(b))) continue;
      const ax = sx(a), ay = sy(a), bx = sx(b), by = sy(b);
      if ((ax < 0 && bx < 0) || (ay < 0 && by < 0) || (ax > width && bx > width) || (ay > height && by > height)) continue;
      c.moveTo(ax, ay);
      c.lineTo(bx, by);
      if (arrows) arrow(c, ax, ay, bx, by, scene.radius(b) * view.scale, view.scale);
      if (++drawn % EDGES_A_PIECE === 0) {
        c.stroke();
        c.beginPath();
        yield;
      }
    }
    c.stroke();
  }
  c.globalAlpha = 1;
}
function arrow(c: CanvasRenderingContext2D, ax: number, ay: number, bx: number, by: number, radius: number, scale: number): void {
  const dx = bx - ax, dy = by - ay, d = Math.hypot(dx, dy);
  if (d < radius + 12) return;
  const ux = dx / d, uy = dy / d, size = Math.min(7, 4 + 2 * scale);
  const tx = bx - ux * (radius + 1), ty = by - uy * (radius + 1);
  c.moveTo(tx - ux * size - uy * size * 0.5, ty - uy * size + ux * size * 0.5);
  c.lineTo(tx, ty);
  c.lineTo(tx - ux * size + uy * size * 0.5, ty - uy * size - ux * size * 0.5);
}

/** Gives the numbers of what is within the picture. */
function* paintNodes(c: CanvasRenderingContext2D, scene: Scene, view: View, colours: Palette, emphasis: Emphasis, names: Names, sx: At, sy: At, width: number, height: number): Generator<void, number[]> {
  const shown: number[] = [];
  for (let i = 0; i < scene.x.length; ++i) {
    const x = sx(i), y = sy(i);
    if (x > -30 && y > -30 && x < width + 30 && y < height + 30) shown.push(i);
  }
  // Small ones by colour, since changing the colour is what costs.
  const tiny = view.scale * 7 < 3;
  if (tiny) {
    const byKind = new Map<string, number[]>();
    for (const i of shown) {
      const fill = colours.kinds[kindOf(scene.things[i]!.type)][0];
      (byKind.get(fill) ?? byKind.set(fill, []).get(fill)!).push(i);
    }
    let drawn = 0;
    for (const [fill, those] of byKind) {
      c.fillStyle = fill;
      for (const i of those) {
        c.globalAlpha = !emphasis.bright || emphasis.bright.has(i) ? 1 : 0.3;
        const half = Math.max(1, scene.radius(i) * view.scale);
        c.fillRect(sx(i) - half, sy(i) - half, 2 * half, 2 * half);
        if (++drawn % (NODES_A_PIECE * 4) === 0) yield;
      }
    }
    c.globalAlpha = 1;
    for (const i of emphasis.selected) ring(c, sx(i), sy(i), Math.max(4, scene.radius(i) * view.scale + 2), colours.select, 2);
    return shown;
  }
  let drawn = 0;
  for (const i of shown) {
    paintNode(c, scene, i, sx(i), sy(i), view.scale, colours, emphasis, names);
    if (++drawn % NODES_A_PIECE === 0) yield;
  }
  return shown;
}

function ring(c: CanvasRenderingContext2D, x: number, y: number, radius: number, colour: string, width: number): void {
  c.beginPath();
  c.arc(x, y, radius, 0, 2 * Math.PI);
  c.strokeStyle = colour;
  c.lineWidth = width;
  c.stroke();
}

function paintNode(c: CanvasRenderingContext2D, scene: Scene, i: number, x: number, y: number, scale: number, colours: Palette, emphasis: Emphasis, names: Names): void {
  const thing = scene.things[i]!;
  const [fill, letter] = colours.kinds[kindOf(thing.type)];
  const r = scene.radius(i) * scale;
  c.globalAlpha = !emphasis.bright || emphasis.bright.has(i) || emphasis.selected.has(i) ? 1 : 0.28;
  if (isGroup(thing)) {
    // A heap: three plates, with how many there are.
    c.lineWidth = 1;
    c.strokeStyle = colours.ground;
    c.fillStyle = fill;
    for (const shift of [4, 2, 0]) {
      c.beginPath();
      c.roundRect(x - r - shift * scale + 2 * scale, y - r * 0.7 - shift * scale + 2 * scale, 2 * r, r * 1.4, 3 * scale);
      c.fill();
      c.stroke();
    }
    if (r > 7) write(c, names.count(thing.left, thing.more ?? false), x + 2 * scale, y + 2 * scale, letter, `600 ${Math.min(13, r * 0.85)}px ${colours.font}`, 1.9 * r);
  } else {
    c.beginPath();
    c.arc(x, y, r, 0, 2 * Math.PI);
    c.fillStyle = fill;
    c.fill();
    c.lineWidth = 1;
    c.strokeStyle = colours.ground;
    c.stroke();
    if (r > 5) write(c, letterOf(thing.type), x, y, letter, `700 ${Math.min(18, r * 1.15)}px ${colours.font}`);
    if (thing.mark) ring(c, x, y, r + 2.5, colours[thing.mark], 2.5);
    if (thing.pinned && r > 4) dot(c, x + r * 0.75, y - r * 0.75, Math.max(2, r * 0.3), colours.text, colours.ground);
    if (thing.note && r > 4) dot(c, x + r * 0.75, y + r * 0.75, Math.max(2, r * 0.3), colours.select, colours.ground);
  }
  if (emphasis.selected.has(i)) ring(c, x, y, r + 5, colours.select, 2.5);
  else if (emphasis.hover === i) ring(c, x, y, r + 4, colours.muted, 1.5);
  c.globalAlpha = 1;
}
function dot(c: CanvasRenderingContext2D, x: number, y: number, r: number, fill: string, border: string): void {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = fill;
  c.fill();
  c.strokeStyle = border;
  c.lineWidth = 1;
  c.stroke();
}
function write(c: CanvasRenderingContext2D, text: string, x: number, y: number, colour: string, font: string, most?: number): void {
  c.font = font;
  c.textAlign = 'center';
  c.textBaseline = 'middle';
  c.fillStyle = colour;
  c.fillText(text, x, y + 0.5, most);
}

/** Names of what matters most first; one that would lie on another is left out. */
function paintLabels(c: CanvasRenderingContext2D, scene: Scene, view: View, colours: Palette, emphasis: Emphasis, names: Names, shown: number[], sx: At, sy: At): void {
  const first = (i: number) => (emphasis.selected.has(i) || emphasis.hover === i ? 2e6 : emphasis.bright?.has(i) ? 1e6 : 0) + (isGroup(scene.things[i]!) ? 0 : scene.degree[i]!);
  const wanted = emphasis.bright ? shown.filter((i) => emphasis.bright!.has(i) || emphasis.selected.has(i) || emphasis.hover === i) : shown;
  const sorted = (wanted.length > 5000 ? wanted.filter((i) => scene.degree[i]! > 3 || first(i) >= 1e6) : [...wanted]).sort((a, b) => first(b) - first(a)).slice(0, 3000);
  const cell = 14;
  const spotOf = (gx: number, gy: number) => gx * 100_003 + gy;
  const taken = new Set<number>();
  // Nodes are no ground for names either.
  if (view.scale > 0.4 && shown.length < 3000)
    for (const i of shown) taken.add(spotOf(Math.floor(sx(i) / cell), Math.floor(sy(i) / cell)));
  const lower = view.scale < 0.25 ? 12 : 0; // from afar only hubs have names
  c.font = `12px ${colours.font}`;
  c.textAlign = 'center';
  c.textBaseline = 'top';
  c.lineJoin = 'round';
  c.strokeStyle = colours.halo;
  c.lineWidth = 3;
  let drawn = 0;
  for (const i of sorted) {
    if (drawn >= LABELS_MAX) break;
    const strong = first(i) >= 1e6;
    if (!strong && scene.degree[i]! < lower) continue;
    const text = shortened(names.label(i), strong ? 60 : 28);
    const x = sx(i), y = sy(i) + scene.radius(i) * view.scale + 4;
    const half = c.measureText(text).width / 2;
    const spots: number[] = [];
    let free = true;
    for (let gx = Math.floor((x - half) / cell); gx <= Math.floor((x + half) / cell); ++gx)
      for (let gy = Math.floor(y / cell); gy <= Math.floor((y + 12) / cell); ++gy) {
        const spot = spotOf(gx, gy);
        if (taken.has(spot)) free = false;
        spots.push(spot);
      }
    if (!free && first(i) < 2e6) continue;
    for (const spot of spots) taken.add(spot);
    c.strokeText(text, x, y);
    c.fillStyle = strong || !emphasis.bright ? colours.text : colours.muted;
    c.fillText(text, x, y);
    ++drawn;
  }
}
export function shortened(text: string, most: number): string {
  const letters = [...text];
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join('')}…`;
}
