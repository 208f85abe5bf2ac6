import { MaintError } from '../../shared/index.ts';
import { EXIT, EXIT_OF, type ExitCode } from '../exit-codes.ts';
import type { Screen } from '../screen.ts';

/** From the mildest to the gravest: of several nodes the gravest failure is the exit code. */
const GRAVITY: readonly ExitCode[] = [EXIT.done, EXIT.gaveUp, EXIT.denied, EXIT.cluster, EXIT.interrupted];

/** Failures of single nodes in a command over several: each is told when it happens, and the others go on. */
export class Failures {
  readonly #screen: Screen;
  #worst: ExitCode = EXIT.done;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** The gravest so far. */
  get worst(): ExitCode {
    return this.#worst;
  }

  /** Does a node's part. Of one node alone the failure is the command's; a bug is always. */
  async collect(node: string, outOf: number, part: () => Promise<void>): Promise<void> {
    try {
      await part();
    } catch (thrown) {
      if (!(thrown instanceof MaintError) || outOf === 1) throw thrown;
      this.#screen.note(`error: node ${node}: ${thrown.message}`);
      if (thrown.hint !== undefined) this.#screen.note(`hint: ${thrown.hint}`);
      const code = EXIT_OF[thrown.code];
      if (GRAVITY.indexOf(code) > GRAVITY.indexOf(this.#worst)) this.#worst = code;
    }
  }
}
