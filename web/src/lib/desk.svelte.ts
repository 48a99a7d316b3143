// One publication on the desk of its author: what was read, what is changed, what is kept in the browser until it is saved. Whatever fails leaves the text where it is.
import { api, apiBlob, type Problem, problemFrom, session } from './api.svelte';
import { emptyFields, fieldsOf, isSame, readUnsaved, stateOf, type Unsaved } from './drafts';
import { fromReview } from './from_review';
import { forget, keep, kept } from './prefs.svelte';
import type { Attachment, Diagnostic, Draft, DraftFields, Review } from './types';

export interface Checked {
  version: number;
  errors: number;
  warnings: number;
  diagnostics: Diagnostic[];
}
export interface NewFile {
  name: string;
  kind: Attachment['kind'];
  body: Blob;
}
/** A text that is typed is kept this long after its last key. */
const KEEP_AFTER_MS = 400;

export class Desk {
  id = $state('');
  version = $state(0);
  fields = $state<DraftFields>(emptyFields());
  base = $state.raw<DraftFields>(emptyFields());
  draft = $state.raw<Draft | undefined>(undefined);
  /** The version that somebody else saved meanwhile. */
  conflict = $state.raw<Draft | undefined>(undefined);
  problem = $state.raw<Problem | undefined>(undefined);
  checked = $state.raw<Checked | undefined>(undefined);
  unsaved = $state.raw<Unsaved | undefined>(undefined);
  waiting = $state.raw<NewFile[]>([]);
  ready = $state(false);
  busy = $state('');
  attaching = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: string) {
    this.id = id;
  }
  get isNew(): boolean {
    return this.id === '';
  }
  get dirty(): boolean {
    return this.ready && (!isSame(this.fields, this.base) || (!this.isNew && this.waiting.length > 0));
  }
  get state() {
    return this.draft ? stateOf(this.draft) : 'draft';
  }
  get #key(): string {
    return `draft.${session.who?.name ?? ''}.${this.id || 'new'}`;
  }

  async open(review: string | null): Promise<void> {
    await this.#run('open', async () => {
      if (!this.isNew) this.#take(await api<Draft>(`/publications/${encodeURIComponent(this.id)}/draft`));
      else if (review !== null) {
        const made = fromReview(await api<Review>(`/reviews/${encodeURIComponent(review)}`));
        this.fields = made.fields;
        this.waiting = made.files.map(({ name, kind, text }) => ({ name, kind, body: new Blob([text]) }));
      }
      this.ready = true;
    });
    const had = readUnsaved(kept(this.#key));
    if (had && !isSame(had.fields, this.fields)) this.unsaved = had;
    else if (had) forget(this.#key);
  }
  close(): void {
    clearTimeout(this.#timer);
    this.#keepNow();
  }

  /** Within an effect: keeps what is typed, and forgets it when it is saved. */
  keepUnsaved(): void {
    if (!this.ready || this.unsaved) return;
    void JSON.stringify(this.fields); // every part of it counts
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#keepNow(), KEEP_AFTER_MS);
  }
  #keepNow(): void {
    if (!this.ready || this.unsaved) return;
    if (this.dirty) keep(this.#key, JSON.stringify({ version: this.version, at: new Date().toISOString(), fields: this.fields } satisfies Unsaved));
    else forget(this.#key);
  }
  /** What was kept was begun from its version: if another is there by now, saving says so, and both are put together. */
  takeUnsaved(): void {
    const had = this.unsaved;
    if (!had) return;
    this.fields = fieldsOf(had.fields);
    this.unsaved = undefined;
    if (this.isNew || had.version === this.version || !this.draft) return;
    const now = this.draft;
    void this.#run('open', async () => {
      this.base = fieldsOf(await api<Draft>(`/publications/${this.id}/draft?version=${had.version}`));
      this.conflict = now;
    });
  }
  dropUnsaved(): void {
    this.unsaved = undefined;
    forget(this.#key);
  }

  async save(): Promise<boolean> {
    if (this.busy !== '' || this.conflict) return false;
    const sent = fieldsOf($state.snapshot(this.fields));
    return this.#run('save', async () => {
      if (this.isNew) {
        const made = await api<Draft>('/publications', { method: 'POST', json: sent });
        forget(this.#key);
        this.id = made.id;
        this.#saved(made, sent);
      } else if (!isSame(sent, this.base)) {
        this.#saved(await api<Draft>(`/publications/${this.id}/draft`, { method: 'PATCH', json: { version: this.version, ...sent } }), sent);
      }
      await this.#attach(this.waiting);
    });
  }
  /** What is typed while it is on its way is not saved, and stays. */
  #saved(draft: Draft, sent: DraftFields): void {
    const typed = !isSame(this.fields, sent);
    this.draft = draft;
    this.version = draft.version;
    this.base = fieldsOf(draft);
    if (!typed) this.fields = fieldsOf(draft);
    this.checked = undefined;
    this.#keepNow();
  }
  #take(draft: Draft): void {
    this.draft = draft;
    this.version = draft.version;
    this.base = fieldsOf(draft);
    this.fields = fieldsOf(draft);
  }
  takeMerged(fields: DraftFields): void {
    const theirs = this.conflict;
    if (!theirs) return;
    this.draft = theirs;
    this.version = theirs.version;
    this.base = fieldsOf(theirs);
    this.fields = fieldsOf(fields);
    this.conflict = undefined;
    this.checked = undefined;
  }

  async attach(files: NewFile[]): Promise<void> {
    if (files.length === 0) return;
    if (this.isNew) {
      this.#wait(files);
      return;
    }
    this.#wait(files);
    await this.#run('attach', () => this.#attach(files));
  }
  #wait(files: NewFile[]): void {
    this.waiting = [...this.waiting.filter((had) => !files.some((one) => one.name === had.name)), ...files];
  }
  /** One after the other; what waited for it waits until it is there. */
  async #attach(files: NewFile[]): Promise<void> {
    if (files.length === 0) return;
    try {
      for (const file of files) {
        this.attaching = file.name;
        this.#changed(await api<Draft>(`/publications/${this.id}/draft/files/${encodeURIComponent(file.name)}?kind=${file.kind}&version=${this.version}`, { method: 'PUT', body: file.body }));
        this.waiting = this.waiting.filter((one) => one !== file);
      }
    } finally {
      this.attaching = '';
    }
    await this.#check();
  }
  async detach(name: string): Promise<void> {
    const left = this.waiting.filter((one) => one.name !== name);
    if (left.length < this.waiting.length) {
      this.waiting = left;
      return;
    }
    await this.#run('attach', async () => {
      this.#changed(await api<Draft>(`/publications/${this.id}/draft/files/${encodeURIComponent(name)}?version=${this.version}`, { method: 'DELETE' }));
      await this.#check();
    });
  }
  /** The same bytes, as something else. */
  async retype(a: Attachment, kind: Attachment['kind']): Promise<void> {
    await this.#run('attach', async () => {
      await this.#attach([{ name: a.name, kind, body: await apiBlob(`/publications/${this.id}/draft/files/${encodeURIComponent(a.name)}`) }]);
    });
  }
  /** The server's version is another one; what is typed stays. */
  #changed(draft: Draft): void {
    this.draft = draft;
    this.version = draft.version;
    this.checked = undefined;
  }

  async check(): Promise<void> {
    await this.#run('check', () => this.#check());
  }
  async #check(): Promise<void> {
    this.checked = await api<Checked>(`/publications/${this.id}/draft/check`);
  }
  async stage(stage: 'review' | 'draft'): Promise<void> {
    if (this.dirty && !(await this.save())) return;
    await this.#run('stage', async () => {
      this.#changed(await api<Draft>(`/publications/${this.id}/draft/stage`, { method: 'POST', json: { version: this.version, stage } }));
      await this.#check();
    });
  }
  async publish(acceptWarnings: boolean): Promise<boolean> {
    return this.#run('publish', async () => {
      await api(`/publications/${this.id}/publication`, { method: 'POST', json: { version: this.version, accept_warnings: acceptWarnings } });
      this.#changed(await api<Draft>(`/publications/${this.id}/draft`));
    });
  }
  async withdraw(): Promise<boolean> {
    return this.#run('withdraw', async () => {
      await api(`/publications/${this.id}/withdrawal`, { method: 'POST', json: {} });
      this.#changed(await api<Draft>(`/publications/${this.id}/draft`));
    });
  }

  /** For good, with its versions; what is typed goes, too. False: it was published once, or somebody saved another version. */
  async remove(): Promise<boolean> {
    clearTimeout(this.#timer);
    return this.#run('remove', async () => {
      await api(`/publications/${this.id}/draft?version=${this.version}`, { method: 'DELETE' });
      this.ready = false;
      forget(this.#key);
    });
  }

  /** One at a time. A conflict is no failure: what the other saved is fetched, and the author decides. */
  async #run(what: string, run: () => Promise<void>): Promise<boolean> {
    if (this.busy !== '') return false;
    this.busy = what;
    this.problem = undefined;
    try {
      await run();
      return true;
    } catch (error) {
      this.problem = problemFrom(error);
      if (this.problem.code === 'conflict' && !this.isNew) {
        try {
          const theirs = await api<Draft>(`/publications/${this.id}/draft`);
          if (theirs.version !== this.version) {
            this.conflict = theirs;
            this.problem = undefined;
          }
        } catch {
          // then the conflict is told as it is
        }
      }
      return false;
    } finally {
      this.busy = '';
    }
  }
}
