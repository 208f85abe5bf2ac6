import { spawnBound, type Exit } from '../control-plane/bound-process.ts';
import { ShownTerminal } from './shown-terminal.ts';
import { until } from './until.ts';

/** A program that runs on a terminal of its own. */
export interface Typed {
  readonly ended: Promise<Exit>;
  /** Everything that stands on the terminal until now. */
  said(): string;
  /** Presses keys. */
  type(keys: string): void;
}

/** Gives its last word to a shell on a new terminal. It is no exec: script takes any child of its process for its own. */
const ON_TERMINAL = 'script --quiet --return --flush --command "$1" /dev/null; exit $?';

/** Gives a line to a shell on a new terminal, with util-linux's script; it cannot outlive this process. */
export function startOnTerminal(line: string, env: Readonly<Record<string, string | undefined>>): Typed {
  const child = spawnBound('/bin/sh', ['-c', ON_TERMINAL, 'sh', `exec ${line}`], {
    env: { ...env, SHELL: '/bin/sh' },
    streams: ['pipe', 'pipe', 'pipe'],
  });
  const all: string[] = [];
  for (const stream of [child.process.stdout, child.process.stderr])
    stream?.setEncoding('utf8').on('data', (text: string) => all.push(text));
  return {
    ended: child.ended,
    said: () => all.join(''),
    type: (keys) => child.process.stdin?.write(keys),
  };
}

/** A program on a terminal that has a size, and what people see there. */
export interface Shown extends Typed {
  readonly screen: ShownTerminal;
  /** Gives the terminal another size, right after something was drawn: what is drawn next goes by it. */
  resize(columns: number, rows: number): Promise<void>;
}

/** Gives a line to a shell on a new terminal of some size. */
export function startShown(
  line: string,
  env: Readonly<Record<string, string | undefined>>,
  [columns, rows]: readonly [columns: number, rows: number],
): Shown {
  const screen = new ShownTerminal(columns, rows);
  const typed = startOnTerminal(`sh -c 'tty; stty cols ${columns} rows ${rows}; exec ${line}'`, {
    ...env,
    TERM: 'xterm',
    LANG: 'C.UTF-8',
  });
  let taken = 0;
  /** Takes what was written until now. */
  const look = (): number => {
    const said = typed.said();
    screen.write(said.slice(taken));
    const fresh = said.length - taken;
    taken = said.length;
    return fresh;
  };
  return {
    ...typed,
    get screen() {
      look();
      return screen;
    },
    resize: async (wide, high) => {
      const device = /\/dev\/\S+/.exec(typed.said())?.[0] ?? '';
      await until('it has drawn something just now', () => Promise.resolve(look() > 0));
      const size = ['cols', String(wide), 'rows', String(high)];
      const { code } = await spawnBound('stty', ['-F', device, ...size], { streams: ['ignore', 'ignore', 'ignore'] })
        .ended;
      if (code !== 0) throw new Error(`${device} has kept its size`);
      look();
      screen.resize(wide, high);
    },
  };
}
