// A review at work: what is said of findings goes to the server one after the other, under the version it was said of. Whoever else works on it is not overwritten.
import { api, problemFrom, type Problem } from './api.svelte';
import { changedBy } from './findings';
import type { Finding, FindingChange, Review } from './types';

/** Both said something else of one finding. */
export interface Clash {
  mine: FindingChange;
  theirs: Finding;
}
const ATTEMPTS = 5;
export const tlpOf = (review: Review | undefined): string => (review?.tlp ?? '').replace(/^TLP:/i, '').toLowerCase();

export class Reviewing {
  review = $state.raw<Review | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  clashes = $state.raw<Clash[]>([]);
  busy = $state(false);
  #before: Promise<unknown> = Promise.resolve();

  constructor(readonly id: string) {}

  async open(signal: AbortSignal): Promise<Review> {
    return (this.review = await api<Review>(`/reviews/${encodeURIComponent(this.id)}`, { signal }));
  }
  /** False: refused, and `problem` says why. Where somebody said something else meanwhile, `clashes` holds it. */
  change(changes: FindingChange[]): Promise<boolean> {
    const done = this.#before.then(() => this.#change(changes));
    this.#before = done;
    return done;
  }
  async #change(changes: FindingChange[]): Promise<boolean> {
    const had = this.review;
    if (!had || had.status !== 'pending' || changes.length === 0) return false;
    this.problem = undefined;
    // A word of yes or no is shown at once; a value is only what the server makes of it.
    const said = new Map(changes.filter((c) => c.value === undefined && c.type === undefined).map((c) => [c.index, c.accepted]));
    this.review = { ...had, findings: had.findings.map((f) => (said.has(f.index) ? { ...f, accepted: said.get(f.index)! } : f)) };
    let base = had;
    let left = changes;
    const clashes: Clash[] = [];
    for (let attempt = 0; attempt < ATTEMPTS; ++attempt) {
      try {
        this.review = left.length === 0 ? base : await api<Review>(`/reviews/${encodeURIComponent(this.id)}`, { method: 'PATCH', json: { version: base.version, findings: left } });
        this.clashes = [...this.clashes.filter((c) => !changes.some((one) => one.index === c.mine.index)), ...clashes];
        return true;
      } catch (error) {
        const problem = problemFrom(error);
        if (problem.code !== 'conflict') {
          this.review = base;
          this.problem = problem;
          return false;
        }
        this.problem = problem;
      }
      try {
        const theirs = await api<Review>(`/reviews/${encodeURIComponent(this.id)}`);
        const sorted = changedBy(base, theirs, left);
        clashes.push(...sorted.clashes);
        left = sorted.left;
        base = theirs;
        this.problem = undefined;
      } catch (error) {
        this.review = base;
        this.problem = problemFrom(error);
        return false;
      }
    }
    this.review = base;
    return false;
  }
  takeMine(clash: Clash): void {
    this.keepTheirs(clash);
    void this.change([clash.mine]);
  }
  keepTheirs(clash: Clash): void {
    this.clashes = this.clashes.filter((one) => one !== clash);
  }

  /** `as`: under which marking and whose words it becomes knowledge. */
  async accept(indicates: string[], as: { tlp: string; source: string }): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = undefined;
    try {
      await this.#before;
      const version = this.review?.version; // that was read: what a colleague changed meanwhile is read first
      const changed = { ...(as.tlp !== '' && as.tlp !== tlpOf(this.review) ? { tlp: as.tlp } : {}), ...(as.source !== this.review?.source ? { source: as.source } : {}) };
      if (Object.keys(changed).length > 0) this.review = await api<Review>(`/reviews/${encodeURIComponent(this.id)}`, { method: 'PATCH', json: { version, ...changed } });
      this.review = await api<Review>(`/reviews/${encodeURIComponent(this.id)}/acceptance`, { method: 'POST', json: { version: this.review?.version, ...(indicates.length > 0 ? { indicates } : {}) } });
    } catch (error) {
      await this.clashed(error);
    }
    this.busy = false;
  }
  /** What a colleague changed meanwhile is shown, beside what was refused. */
  async clashed(error: unknown): Promise<void> {
    const problem = problemFrom(error);
    if (problem.code === 'conflict') this.review = await api<Review>(`/reviews/${encodeURIComponent(this.id)}`).catch(() => this.review);
    this.problem = problem;
  }
}
