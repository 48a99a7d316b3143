// A list that the server gives page by page: the first as every answer, the others when somebody asks for more. What is there stays when more cannot be had, and it can be asked for again.
import { untrack } from 'svelte';
import { problemFrom, Resource, type Problem } from './api.svelte';
import type { Page } from './types';

/** `cursor` is absent for the first page, else `next` of the page before. */
export type AskPage<P> = (signal: AbortSignal, cursor?: string) => Promise<P>;

export class Paged<T, P extends Page<T> = Page<T>> {
  readonly first = new Resource<P>();
  /** Of asking for more; that of the first page is `first.problem`. */
  problem = $state.raw<Problem | undefined>(undefined);
  busy = $state(false);
  /** Of all pages that came so far. */
  items = $state.raw<T[]>([]);
  #next = $state.raw<string | undefined>(undefined);
  #get: AskPage<P> | undefined;
  #abort: AbortController | undefined;

  get more(): boolean {
    return this.#next !== undefined;
  }

  /** From the beginning; whatever was on its way for the list before is dropped. */
  load(get: AskPage<P>): void {
    this.#abort?.abort();
    untrack(() => {
      this.#get = get;
      this.busy = false;
      this.problem = undefined;
    });
    this.first.load(async (signal) => {
      const page = await get(signal);
      if (signal.aborted) return page;
      this.items = page.items;
      this.#next = page.next || undefined;
      return page;
    });
  }

  /** The next page. Asked while one is on its way it does nothing. */
  async further(): Promise<void> {
    const get = this.#get;
    const cursor = this.#next;
    if (this.busy || this.first.loading || get === undefined || cursor === undefined) return;
    // The list changed under the cursor, or the server no longer knows it: only its beginning leads anywhere.
    if (this.problem?.code === 'cursor-invalid') return this.load(get);
    const abort = new AbortController();
    this.#abort = abort;
    this.busy = true;
    this.problem = undefined;
    try {
      const page = await get(abort.signal, cursor);
      if (abort.signal.aborted) return;
      this.items = [...this.items, ...page.items];
      this.#next = page.next || undefined;
    } catch (error) {
      if (abort.signal.aborted) return;
      this.problem = problemFrom(error);
    }
    this.busy = false;
  }

  /** Page after page until none is left or `most` items are there; stops at the first that cannot be had. */
  async all(most: number): Promise<void> {
    while (this.more && this.items.length < most) {
      const before = this.#next;
      await this.further();
      if (this.#next === before) return;
    }
  }
}
