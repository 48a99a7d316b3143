// The canvas on the page: what is seen of the scene, and when it is drawn. A picture that takes long is drawn into a second canvas piece by piece; meanwhile the last
// one is moved and stretched, so that moving is quick however much there is.
import { paint, type Emphasis, type Names, type Palette } from './paint';
import { fitting, zoomed, type Scene, type View } from './scene';

const DIRECT_MAX = 3000; // nodes and edges that are drawn within one frame
const PIECE_MS = 9;
const QUIET_MS = 90; // after the last movement
const RATIO_MAX = 2;
const MARGIN = 0.25; // of the picture on each side is drawn as well, so that moving shows no empty border at once

export class Stage {
  view: View = { x: 0, y: 0, scale: 1 };
  /** Called as often as somebody moves or stretches the picture. */
  moves: (() => void) | undefined;
  emphasis: Emphasis = { selected: new Set(), hover: -1 };
  width = 1;
  height = 1;
  #pictures = 0;
  #scene: Scene | undefined;
  #context: CanvasRenderingContext2D;
  #back = document.createElement('canvas');
  #front = document.createElement('canvas');
  #frontView: View | undefined;
  #work: Generator<void> | undefined;
  #workView: View = this.view;
  #workMs = 0;
  #dirty = false;
  #moved = -Infinity;
  #asked = 0;
  #ratio = 1;

  constructor(
    readonly canvas: HTMLCanvasElement,
    private palette: Palette,
    readonly names: Names,
  ) {
    this.#context = canvas.getContext('2d', { alpha: false })!;
  }
  get scene(): Scene | undefined {
    return this.#scene;
  }
  set scene(scene: Scene | undefined) {
    this.#scene = scene;
    this.redraw();
  }
  set colours(palette: Palette) {
    this.palette = palette;
    this.redraw();
  }

  resize(width: number, height: number): void {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
    this.#ratio = Math.min(RATIO_MAX, devicePixelRatio || 1);
    this.canvas.width = Math.round(this.width * this.#ratio);
    this.canvas.height = Math.round(this.height * this.#ratio);
    this.#frontView = undefined;
    this.redraw();
  }
  /** The content changed. */
  redraw(): void {
    this.#dirty = true;
    this.ask();
  }
  look(view: View): void {
    this.view = view;
    this.#moved = performance.now();
    this.moves?.();
    this.#dirty = true;
    this.ask();
  }
  fit(): void {
    if (this.#scene) this.look(fitting(this.#scene, this.width, this.height));
  }
  zoom(factor: number, px = this.width / 2, py = this.height / 2): void {
    this.look(zoomed(this.view, factor, px, py, this.width, this.height));
  }
  pan(dx: number, dy: number): void {
    this.look({ ...this.view, x: this.view.x - dx / this.view.scale, y: this.view.y - dy / this.view.scale });
  }
  world(px: number, py: number): [number, number] {
    return [this.view.x + (px - this.width / 2) / this.view.scale, this.view.y + (py - this.height / 2) / this.view.scale];
  }
  screen(i: number): [number, number] {
    const { x = [], y = [] } = this.#scene ?? {};
    return [((x[i] ?? 0) - this.view.x) * this.view.scale + this.width / 2, ((y[i] ?? 0) - this.view.y) * this.view.scale + this.height / 2];
  }
  stop(): void {
    cancelAnimationFrame(this.#asked);
    this.#scene = undefined;
    this.#asked = -1;
  }

  get pictures(): number {
    return this.#pictures;
  }
  /** On the canvas, for the benchmark and the tests: whole pictures so far, and what drawing the last one took. */
  private tell(ms: number): void {
    ++this.#pictures;
    this.canvas.dataset['pictures'] = String(this.#pictures);
    this.canvas.dataset['paint'] = ms.toFixed(1);
  }

  private ask(): void {
    if (this.#asked === 0) this.#asked = requestAnimationFrame(() => this.frame());
  }
  private frame(): void {
    this.#asked = 0;
    const scene = this.#scene;
    if (!scene) return;
    if (scene.keys.length + scene.edges.length / 2 <= DIRECT_MAX) this.direct(scene);
    else this.piecewise(scene);
  }
  private direct(scene: Scene): void {
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#work = undefined;
    this.#frontView = undefined;
    const begun = performance.now();
    for (const _ of paint({ context: this.#context, width: this.width, height: this.height, ratio: this.#ratio }, scene, this.view, this.palette, this.emphasis, this.names)) void _;
    this.tell(performance.now() - begun);
  }
  private piecewise(scene: Scene): void {
    const moving = performance.now() - this.#moved < QUIET_MS;
    // While something moves nothing new is begun, unless there is nothing to move yet.
    if (this.#dirty && !this.#work && (!moving || !this.#frontView)) this.begin(scene);
    if (this.#work && (!moving || !this.#frontView)) this.go();
    this.show();
    if (this.#dirty || this.#work) this.ask();
  }
  private begin(scene: Scene): void {
    this.#dirty = false;
    const width = this.width * (1 + 2 * MARGIN), height = this.height * (1 + 2 * MARGIN);
    if (this.#back.width !== Math.round(width * this.#ratio) || this.#back.height !== Math.round(height * this.#ratio)) {
      this.#back.width = Math.round(width * this.#ratio);
      this.#back.height = Math.round(height * this.#ratio);
    }
    this.#workView = this.view;
    this.#workMs = 0;
    this.#work = paint({ context: this.#back.getContext('2d', { alpha: false })!, width, height, ratio: this.#ratio }, scene, this.view, this.palette, this.emphasis, this.names);
  }
  private go(): void {
    const begun = performance.now();
    let ended = false;
    while (!ended && performance.now() - begun < PIECE_MS) ended = this.#work!.next().done ?? false;
    this.#workMs += performance.now() - begun;
    if (!ended) return;
    this.#work = undefined;
    [this.#front, this.#back] = [this.#back, this.#front];
    this.#frontView = this.#workView;
    this.tell(this.#workMs);
  }
  /** The last whole picture, moved to where the view is by now. */
  private show(): void {
    const c = this.#context;
    c.setTransform(1, 0, 0, 1, 0, 0);
    c.fillStyle = this.palette.ground;
    c.fillRect(0, 0, this.canvas.width, this.canvas.height);
    const was = this.#frontView;
    if (!was) return;
    const stretch = this.view.scale / was.scale;
    const x = this.canvas.width / 2 + (was.x - this.view.x) * this.view.scale * this.#ratio;
    const y = this.canvas.height / 2 + (was.y - this.view.y) * this.view.scale * this.#ratio;
    const width = this.#front.width * stretch, height = this.#front.height * stretch;
    c.imageSmoothingEnabled = stretch !== 1;
    c.drawImage(this.#front, x - width / 2, y - height / 2, width, height);
  }
}
