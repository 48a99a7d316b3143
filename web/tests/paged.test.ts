// Lists that come page by page: what is there stays, what failed is told and can be asked for again, nothing comes twice.
import { describe, expect, it } from 'vitest';
import { Problem } from '../src/lib/api.svelte';
import { Paged } from '../src/lib/paged.svelte';
import type { Page } from '../src/lib/types';

/** Three pages of two; `fail` is what the next question is answered with instead. */
function server() {
  const pages: Record<string, Page<number>> = { '': { items: [1, 2], next: 'b' }, b: { items: [3, 4], next: 'c' }, c: { items: [5, 6] } };
  const of = { asked: [] as string[], fail: undefined as Problem | undefined };
  const get = async (signal: AbortSignal, cursor = '') => {
    of.asked.push(cursor);
    await Promise.resolve();
    if (signal.aborted) throw new DOMException('', 'AbortError');
    const fail = of.fail;
    of.fail = undefined;
    if (fail) throw fail;
    return pages[cursor]!;
  };
  return { of, get };
}
const settle = async () => {
  for (let i = 0; i < 10; ++i) await Promise.resolve();
};
async function begun() {
  const { of, get } = server();
  const list = new Paged<number>();
  list.load(get);
  await settle();
  return { of, get, list };
}

describe('a list that comes page by page', () => {
  it('gives the list itself, not a copy of it for each who looks', async () => {
    const { list } = await begun();
    await list.further();
    expect(list.items).toBe(list.items);
    expect(list.items).toEqual([1, 2, 3, 4]);
  });
  it('grows until there is no more', async () => {
    const { list, of } = await begun();
    expect([list.items, list.more]).toEqual([[1, 2], true]);
    await list.further();
    await list.further();
    expect([list.items, list.more]).toEqual([[1, 2, 3, 4, 5, 6], false]);
    await list.further();
    expect(of.asked).toEqual(['', 'b', 'c']);
  });
  it('keeps what is there when more cannot be had, tells why, and goes on from there', async () => {
    const { list, of } = await begun();
    of.fail = new Problem(503, 'busy', 'too much at once');
    await list.further();
    expect([list.items, list.more, list.busy, list.problem?.code]).toEqual([[1, 2], true, false, 'busy']);
    await list.further();
    expect([list.items, list.problem]).toEqual([[1, 2, 3, 4], undefined]);
  });
  it('begins anew where the server knows the place no more', async () => {
    const { list, of } = await begun();
    await list.further();
    of.fail = new Problem(400, 'cursor-invalid', '');
    await list.further();
    expect(list.items).toEqual([1, 2, 3, 4]);
    await list.further();
    await settle();
    expect([list.items, list.problem, of.asked]).toEqual([[1, 2], undefined, ['', 'b', 'c', '']]);
  });
  it('asks once, however often it is pressed', async () => {
    const { list, of } = await begun();
    await Promise.all([list.further(), list.further(), list.further()]);
    expect([list.items, of.asked]).toEqual([[1, 2, 3, 4], ['', 'b']]);
  });
  it('drops a page of a list that is no longer wanted', async () => {
    const { list } = await begun();
    const late = list.further();
    const other = server();
    list.load(async (signal) => ({ ...(await other.get(signal)), items: [9] }));
    await late;
    await settle();
    expect([list.items, list.problem, list.busy]).toEqual([[9], undefined, false]);
  });
  it('is read as a whole, up to a limit, and stops where it fails', async () => {
    const { list, of } = await begun();
    await list.all(4);
    expect(list.items).toEqual([1, 2, 3, 4]);
    of.fail = new Problem(0, 'unreachable', '');
    await list.all(100);
    expect([list.items, list.problem?.code]).toEqual([[1, 2, 3, 4], 'unreachable']);
    await list.all(100);
    expect([list.items, list.more]).toEqual([[1, 2, 3, 4, 5, 6], false]);
  });
});
