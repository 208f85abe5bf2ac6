import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { spawnBound } from '../control-plane/bound-process.ts';
import { ControlPlaneError } from '../control-plane/errors.ts';
import { runProgram, type Ran } from '../support/plugin-run.ts';

/**
 * The first process of a machine. It says which process id it has outside (the old /proc still tells), hides the folders
 * that programs of nodes write to by fixed names, and then only collects what its orphans leave.
 */
const FIRST_PROCESS = `
set -e
read -r outside _ </proc/self/stat
mount --make-rshared /
mount -t proc proc /proc
for folder in /run /var/lib /var/log; do mount -t tmpfs tmpfs "$folder"; done
ip link set lo up
echo "$outside"
while :; do sleep 1000000 & wait; done
`;

/** Network, mounts and process ids of its own: what ends with it leaves nothing behind. The file system is that of the host. */
export interface Machine {
  /** The first process, as the host sees it. */
  readonly pid: number;
  /** A command line that runs a program on this machine: program, then arguments. */
  readonly inside: (program: string, args: readonly string[]) => readonly [program: string, args: readonly string[]];
  /** Ends every process of it, with its mounts, interfaces and firewall rules. */
  end(): Promise<void>;
}

/** Starts a machine. It cannot outlive this process. Throws ControlPlaneError where the kernel does not allow it. */
export async function startMachine(): Promise<Machine> {
  const isolation = ['--net', '--mount', '--pid', '--fork', '--kill-child=SIGKILL'];
  const child = spawnBound('unshare', [...isolation, '/bin/sh', '-c', FIRST_PROCESS], {
    streams: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  child.process.stderr?.on('data', (chunk: Buffer) => said.push(chunk.toString()));
  const { stdout } = child.process;
  if (stdout === null) throw new Error('unshare has no output');
  const lines = createInterface({ input: stdout });
  const pid = await Promise.race([
    once(lines, 'line').then(([line]) => Number(line)),
    child.ended.then(() => {
      throw new ControlPlaneError(`a machine could not be started: ${said.join('').trim()}`);
    }),
  ]);
  return {
    pid,
    inside: (program, args) => ['nsenter', [`--target=${pid}`, '--net', '--mount', '--pid', '--', program, ...args]],
    end: async () => {
      await child.end();
    },
  };
}

/** Runs a program of the host to its end. Throws ControlPlaneError with its words when it fails. */
export async function succeed(program: string, args: readonly string[]): Promise<string> {
  return outputOf([program, ...args].join(' '), await runProgram(program, args, process.env));
}

/** Runs a program on a machine to its end. Throws ControlPlaneError with its words when it fails. */
export async function succeedInside(machine: Machine, program: string, args: readonly string[]): Promise<string> {
  return succeed(...machine.inside(program, args));
}

function outputOf(what: string, { code, stdout, stderr }: Ran): string {
  if (code === 0) return stdout;
  throw new ControlPlaneError(`${what}: exit code ${code ?? '?'}: ${stderr.trim()}`);
}
