import { MaintError } from '../../shared/index.ts';
import { EXIT, EXIT_OF, type ExitCode } from '../terminal/exit-codes.ts';

/** From the mildest to the gravest: of several nodes the gravest failure is the exit code. */
const GRAVITY: readonly ExitCode[] = [EXIT.done, EXIT.gaveUp, EXIT.denied, EXIT.cluster, EXIT.interrupted];

/** Failures of single nodes in a command over several: each is told when it happens, and the others go on. */
export class Failures {
  readonly #tell: (node: string, failure: MaintError) => void;
  #worst: ExitCode = EXIT.done;

  constructor(tell: (node: string, failure: MaintError) => void) {
    this.#tell = tell;
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
      this.#tell(node, thrown);
      const code = EXIT_OF[thrown.code];
      if (GRAVITY.indexOf(code) > GRAVITY.indexOf(this.#worst)) this.#worst = code;
    }
  }
}
