import { expect } from 'vitest';
import type { ControlPlane } from '../control-plane/contract.ts';
import { commandsFor } from './carried-out.ts';
import { startInShell, type Documented } from './documented.ts';
import type { Running } from './plugin-run.ts';
import { until } from './until.ts';

/** What belongs to a command of a page. */
export interface Step {
  /** What the page takes for granted. */
  readonly before?: () => unknown;
  /** The exit code; 0 by default. */
  readonly code?: number;
  /** Stands in what it writes. */
  readonly says?: string | RegExp;
  /** It ends only when it is told to, which it is, as by Ctrl-C, at the end of the page. */
  readonly goesOn?: true;
  /** Given until it succeeds, as the page tells its reader to. */
  readonly again?: true;
  /** What the page promises besides; hears what was written. */
  readonly after?: (said: string) => unknown;
}

/** Somebody who gives the commands of pages to a shell, as they stand there. */
export class Reader {
  readonly #plane: ControlPlane;
  readonly #folder: string;
  readonly #stands: readonly (readonly [RegExp, string | (() => string)])[];
  readonly #left: Set<Documented>;
  readonly #open: { readonly line: string; readonly code: number; readonly running: Running }[] = [];

  /** Carries out what is this test's; in commands, other words stand for what the page leaves to its reader. */
  constructor(
    test: string,
    at: { readonly plane: ControlPlane; readonly folder: string },
    stands: readonly (readonly [RegExp, string | (() => string)])[],
  ) {
    this.#plane = at.plane;
    this.#folder = at.folder;
    this.#stands = stands;
    this.#left = new Set(commandsFor(test));
  }

  /** What was not carried out until now. */
  get left(): readonly Documented[] {
    return [...this.#left];
  }

  /** Carries out the commands of a page, or below one of its headings, in their order. Steps are found by a part of the line. */
  async follows(page: string, steps: Readonly<Record<string, Step>> = {}, heading?: string): Promise<void> {
    const ours = this.left.filter((one) => one.page === page && (heading === undefined || one.heading === heading));
    expect(ours.length, `commands of ${page}`).toBeGreaterThan(0);
    const unused = new Set(Object.keys(steps));
    for (const command of ours) {
      // The first that is left, as a page may show a line more than once.
      const part = [...unused].find((one) => command.line.includes(one));
      await this.#carriesOut(command, part === undefined ? {} : (steps[part] ?? {}));
      if (part !== undefined) unused.delete(part);
      this.#left.delete(command);
    }
    expect([...unused], `steps of no line of ${page}`).toEqual([]);
    await this.#endsAll();
  }

  async #carriesOut({ line, promised }: Documented, step: Step): Promise<void> {
    await step.before?.();
    const { says = '', code = 0 } = step;
    const expected = [says, ...promised];
    if (step.goesOn === true) {
      const running = await startInShell(this.#plane, `exec ${this.#typed(line)}`, this.#folder);
      this.#open.push({ line, code, running });
      await until(`${line} says ${String(says)}`, () => isIn(running.said(), says), { seen: () => running.said() });
      await step.after?.(running.said());
      return;
    }
    const give = async () => (await startInShell(this.#plane, this.#typed(line), this.#folder)).ended;
    let ran = await give();
    if (step.again === true) {
      const isDone = async (): Promise<boolean> => ran.code === 0 || (ran = await give()).code === 0;
      await until(`${line} succeeds`, isDone, { seen: () => ran.stderr });
    }
    const said = `${ran.stdout}${ran.stderr}`;
    expect(ran.code, `${line}\n${said}`).toBe(code);
    for (const words of expected) expect(isIn(said, words), `${line} says ${String(words)}:\n${said}`).toBe(true);
    await step.after?.(said);
  }

  #typed(line: string): string {
    return this.#stands.reduce((text, [what, by]) => text.replaceAll(what, typeof by === 'string' ? by : by()), line);
  }

  async #endsAll(): Promise<void> {
    for (const { running } of this.#open) running.signal('SIGINT');
    for (const { line, code, running } of this.#open.splice(0)) {
      const ran = await running.ended;
      expect(ran.code, `${line}\n${ran.stderr}`).toBe(code);
    }
  }
}

function isIn(text: string, words: string | RegExp): boolean {
  return typeof words === 'string' ? text.includes(words) : words.test(text);
}
