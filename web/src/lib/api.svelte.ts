// The only way to the server: /api/v1, with the session's cookie, and its token where something is changed.
import { untrack } from 'svelte';
import { prefs } from './prefs.svelte';
import type { Page, Session } from './types';

/** What went wrong, as the server says it (RFC 9457), or as the network does: status 0. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly hint = '',
    /** The whole answer: some say more than the sentence. */
    readonly told: Record<string, unknown> = {},
  ) {
    super(detail);
  }
}

/** 401 where nobody is signed in any more; a password or a code that is asked for again, and is wrong, ends nothing. */
export const endsSession = (problem: Problem): boolean => problem.status === 401 && problem.code !== 'sign-in-refused' && problem.code !== 'code-needed';

type State = { kind: 'unknown' } | { kind: 'out' } | { kind: 'in'; session: Session } | { kind: 'failed'; problem: Problem };
class SessionState {
  state = $state.raw<State>({ kind: 'unknown' });
  get who(): Session | undefined {
    return this.state.kind === 'in' ? this.state.session : undefined;
  }
  may(permission: string): boolean {
    return this.who?.permissions.includes(permission) ?? false;
  }
}
export const session = new SessionState();

interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  json?: unknown;
  body?: Blob | string;
  signal?: AbortSignal;
  /** The version that is changed: the server refuses if it is another by now. */
  match?: string;
}

async function problemOf(response: Response): Promise<Problem> {
  const text = await response.text();
  try {
    const told = JSON.parse(text) as { code?: string; detail?: string; hint?: string } & Record<string, unknown>;
    return new Problem(response.status, told.code ?? 'unknown', told.detail ?? response.statusText, told.hint, told);
  } catch {
    return new Problem(response.status, 'unknown', response.statusText);
  }
}

/** Answers that the first page is going to ask for, by their path. What was not taken after a while is too old. */
const early = new Map<string, Promise<Response | undefined>>();
const EARLY_MS = 10_000;
/** Asks at once for what a page that is still being loaded will ask for: then it need not wait for the session and its own program first. */
export function askEarly(path: string): void {
  early.set(path, fetch(`/api/v1${path}`).catch(() => undefined));
  setTimeout(() => early.delete(path), EARLY_MS);
}
/** Only what was answered well: anything else is asked again, and told. */
async function takeEarly(path: string): Promise<Response | undefined> {
  const answer = early.get(path);
  early.delete(path);
  const response = await answer;
  return response?.ok ? response : undefined;
}

async function ask(path: string, how: Ask): Promise<Response> {
  const headers: Record<string, string> = { 'Accept-Language': prefs.language };
  const method = how.method ?? 'GET';
  const csrf = session.who?.csrf;
  if (method !== 'GET' && csrf) headers['X-CSRF-Token'] = csrf;
  if (how.match !== undefined) headers['If-Match'] = `"${how.match}"`;
  let body = how.body;
  if (how.json !== undefined) {
    headers['Content-Type'] = 'application/json';
    body = JSON.stringify(how.json);
  } else if (body !== undefined) {
    headers['Content-Type'] = typeof body === 'string' ? 'text/plain' : 'application/octet-stream';
  }
  let response: Response;
  try {
    response = (method === 'GET' && early.has(path) && (await takeEarly(path))) || (await fetch(`/api/v1${path}`, { method, headers, ...(body === undefined ? {} : { body }), ...(how.signal ? { signal: how.signal } : {}) }));
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw new Problem(0, 'unreachable', '');
  }
  if (!response.ok) {
    const problem = await problemOf(response);
    // The session ended: whoever was signed in signs in again, and is where they were.
    if (endsSession(problem) && path !== '/session') session.state = { kind: 'out' };
    throw problem;
  }
  return response;
}

/** The bytes of a file. */
export const apiBlob = async (path: string): Promise<Blob> => (await ask(path, {})).blob();

export async function api<T>(path: string, how: Ask = {}): Promise<T> {
  const response = await ask(path, how);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** Answers one a line. */
export async function apiLines<T>(path: string, how: Ask): Promise<T[]> {
  const text = await (await ask(path, how)).text();
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as T);
}

/** What is added to a question for the page after the first. */
export const cursorOf = (cursor: string | undefined): string => (cursor ? `&cursor=${encodeURIComponent(cursor)}` : '');

/** All pages of a list that goes by `cursor` or, with `offset`, by numbers; at most `most` items. */
export async function all<T>(path: string, most: number, signal: AbortSignal, offset = false): Promise<T[]> {
  const out: T[] = [];
  let cursor = '';
  for (;;) {
    const more = offset ? `&offset=${out.length}` : cursorOf(cursor);
    const page = await api<Page<T>>(`${path}${path.includes('?') ? '&' : '?'}limit=1000${more}`, { signal });
    out.push(...page.items);
    cursor = page.next ?? '';
    const done = offset ? page.items.length === 0 || out.length >= (page.total ?? 0) : cursor === '';
    if (done || out.length >= most) return out;
  }
}

export async function startSession(): Promise<void> {
  try {
    session.state = { kind: 'in', session: await api<Session>('/session') };
  } catch (error) {
    if (error instanceof Problem && error.status === 401) session.state = { kind: 'out' };
    else session.state = { kind: 'failed', problem: problemFrom(error) };
  }
}
export async function signIn(name: string, password: string, code: string): Promise<void> {
  const who = await api<Session>('/session', { method: 'POST', json: { name, password, ...(code === '' ? {} : { code }) } });
  session.state = { kind: 'in', session: who };
}
/** The first administrator, by the link that the server printed. */
export async function welcome(secret: string, name: string, password: string): Promise<void> {
  const who = await api<Session>('/welcome', { method: 'POST', json: { secret, name, password } });
  session.state = { kind: 'in', session: who };
}
export async function signOut(): Promise<void> {
  await api('/session', { method: 'DELETE' });
  session.state = { kind: 'out' };
}

export function problemFrom(error: unknown): Problem {
  return error instanceof Problem ? error : new Problem(0, 'portal', error instanceof Error ? error.message : String(error));
}

/** Something asked of the server. What was there stays while the next is on its way. */
export class Resource<T> {
  data = $state.raw<T | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  loading = $state(false);
  #abort: AbortController | undefined;

  /** Quiet: what is here is only looked after, and does not look old meanwhile. */
  load(get: (signal: AbortSignal) => Promise<T>, quiet = false): void {
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    const here = () => this.#abort === abort;
    // Whoever asks within an effect depends on what they ask with, not on what happens here.
    untrack(() => {
      this.loading = !quiet;
      return get(abort.signal);
    }).then(
      (data) => {
        if (!here()) return;
        this.data = data;
        this.problem = undefined;
        this.loading = false;
      },
      (error: unknown) => {
        if (!here()) return;
        this.problem = problemFrom(error);
        this.loading = false;
      },
    );
  }
  stop(): void {
    this.#abort?.abort();
    this.#abort = undefined;
  }
}
