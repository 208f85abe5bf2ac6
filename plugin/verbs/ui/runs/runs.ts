import { randomUUID } from 'node:crypto';
import { run } from '../../../command-line/run.ts';
import type { Commands } from '../../../command-line/verb.ts';
import type { Screen } from '../../../terminal/screen.ts';
import type { Board } from '../board.ts';
import { screenOf } from '../line-screen.ts';
import type { Asked, RunState } from '../wire.ts';
import { withEvent, withLine } from './telling.ts';
import { lineOf, wordsOf, type Reached } from './words.ts';

/** What commands are carried out with. */
export interface RunsPorts {
  readonly commands: Commands;
  readonly version: string;
  /** The terminal of `ui`, which hears of whatever changes something. */
  readonly screen: Screen;
  /** Ends them as Ctrl-C ends a command. */
  readonly signal: AbortSignal;
  readonly board: Board;
  readonly reached: (cluster: string) => Reached;
}

/** Pages hear of a run at most so often, in ms: a drain tells of each pod. */
const SETTLE_MS = 200;

/** How many runs are kept for pages that come later. */
const MAX_KEPT = 50;

/** The command lines that are carried out for pages. They go on whether or not a page is there, until they or the server end. */
export class Runs {
  readonly #ports: RunsPorts;
  readonly #going = new Map<string, Promise<void>>();

  constructor(ports: RunsPorts) {
    this.#ports = ports;
  }

  /** Begins what was asked, and gives its id. */
  begin(asked: Asked): string {
    const { reached, board, screen } = this.#ports;
    const { cluster, verb, nodes } = asked;
    const dryRun = asked.dryRun !== 'none';
    const line = lineOf(asked, reached(cluster));
    const id = randomUUID();
    const state: RunState = { ...NOTHING_TOLD, id, cluster, verb, nodes: [...nodes], dryRun, line };
    if (!dryRun) screen.note(`begun on the page: ${line}`);
    board.run(state);
    this.#going.set(
      id,
      this.#carryOut(state, wordsOf(asked, reached(cluster))).finally(() => this.#going.delete(id)),
    );
    return id;
  }

  /** Whether something is being changed now. */
  get isBusy(): boolean {
    return this.#going.size > 0;
  }

  /** Resolves when all of them have ended. */
  async ended(): Promise<void> {
    await Promise.all(this.#going.values());
  }

  async #carryOut(begun: RunState, argv: readonly string[]): Promise<void> {
    const { commands, version, signal, board } = this.#ports;
    let state = begun;
    let due: NodeJS.Timeout | undefined;
    const tell = (): void => {
      due ??= setTimeout(() => {
        due = undefined;
        board.run(state);
      }, SETTLE_MS);
    };
    const screen = this.#screenFor(begun, (next) => {
      state = next(state);
      tell();
    });
    const code = await run({ argv, commands, screen, signal, version });
    clearTimeout(due);
    board.run({ ...state, code });
    board.forget(MAX_KEPT);
  }

  /** What the command says goes to the pages; where it changes something, to the terminal as well. */
  #screenFor({ dryRun }: RunState, change: (next: (state: RunState) => RunState) => void): Screen {
    const { screen } = this.#ports;
    return {
      ...screenOf((line) => {
        if (!dryRun) screen[line.kind](line.text);
        change((state) => withLine(state, line));
      }),
      event: (event) => {
        change((state) => withEvent(state, event));
      },
    };
  }
}

const NOTHING_TOLD: Pick<RunState, 'code' | 'lines' | 'findings' | 'planned' | 'room' | 'progress' | 'gates'> = {
  code: null,
  lines: [],
  findings: [],
  planned: [],
  room: null,
  progress: [],
  gates: [],
};
