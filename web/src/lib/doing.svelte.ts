// Something that is done at the server: one at a time, with what went wrong.
import { problemFrom, type Problem } from './api.svelte';

export class Doing {
  problem = $state.raw<Problem | undefined>(undefined);
  busy = $state(false);

  /** False: it failed, `problem` says why; or something is being done already. */
  async run(what: () => Promise<unknown>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.problem = undefined;
    try {
      await what();
      return true;
    } catch (error) {
      this.problem = problemFrom(error);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
