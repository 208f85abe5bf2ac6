import { text } from 'node:stream/consumers';
import { spawnBound } from './bound-process.ts';

/** How a program ended and what it said. A program that was killed has no code. */
export interface KubectlResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a call of kubectl may be given: text for its stdin, more environment, and who it is (a user's name). */
export interface KubectlOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly user?: string;
}

/** Runs the program to its end; never rejects for an exit code. */
export async function runKubectl(
  program: string,
  args: readonly string[],
  { input, env }: { input?: string | undefined; env: Readonly<Record<string, string | undefined>> },
): Promise<KubectlResult> {
  const child = spawnBound(program, args, { env, streams: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] });
  const { stdin, stdout, stderr } = child.process;
  // kubectl may end without reading its input.
  stdin?.on('error', () => undefined);
  stdin?.end(input);
  const [exit, out, err] = await Promise.all([child.ended, stdout ? text(stdout) : '', stderr ? text(stderr) : '']);
  return { code: exit.code, stdout: out, stderr: err };
}
