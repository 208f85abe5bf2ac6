import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { spawnBound } from '../control-plane/bound-process.ts';
import type { ControlPlane } from '../control-plane/contract.ts';
import { until } from '../support/until.ts';
import { definitionsOf, lackedBy, programsOf } from './build.ts';
import { NEIGHBOURS, type Neighbour } from './neighbours.ts';

/** A program of a neighbour that runs beside a control plane. It ends with `end`, or with this process. */
export interface NeighbourProcess {
  readonly pid: number;
  /** Everything that it has said. */
  said(): Promise<string>;
  /** Whether it still runs; one that has ended says why in `said`. */
  isRunning(): boolean;
  /** Resolves with its exit code; null after a signal. */
  readonly ended: Promise<number | null>;
  end(): Promise<void>;
}

/** How it is started: its arguments, its environment besides ours, and the file of its log. */
export interface Started {
  readonly as: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What starts the program instead of the system: a program and its first arguments. */
  readonly within?: readonly string[];
}

/** The neighbour of a name. */
export function neighbourNamed(name: string): Neighbour {
  const found = NEIGHBOURS.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no neighbour is called ${name}`);
  return found;
}

/** Whether this machine lacks what a neighbour needs besides: its tests are skipped then. */
export function isLacking(neighbour: string): boolean {
  return lackedBy(neighbourNamed(neighbour), process.env).length > 0;
}

/** Where a program of a neighbour is. */
export function programOf(neighbour: string, program = neighbour): string {
  const path = programsOf(neighbourNamed(neighbour), process.env).get(program);
  if (path === undefined) throw new Error(`${neighbour} has no program ${program}`);
  return path;
}

/** Gives a control plane the kinds of a neighbour, and waits until they are served. */
export async function applyDefinitions(plane: ControlPlane, neighbour: string): Promise<void> {
  const files = definitionsOf(neighbourNamed(neighbour), process.env);
  const { code, stderr } = await plane.kubectl(['apply', '--server-side', '-f', files]);
  if (code !== 0) throw new Error(`the kinds of ${neighbour}: ${stderr}`);
  let last = '';
  // While one has no conditions at all, kubectl does not wait but fails.
  const isServed = async (): Promise<boolean> => {
    const waited = await plane.kubectl(['wait', '--for=condition=Established', '--timeout=60s', '-f', files]);
    last = waited.stderr;
    return waited.code === 0;
  };
  await until(`the kinds of ${neighbour} are served`, isServed, { seen: () => last });
}

/** Applies objects; throws with what kubectl says. */
export async function applyObjects(plane: ControlPlane, ...objects: readonly object[]): Promise<void> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
  const { code, stderr } = await plane.kubectl(['apply', '-f', '-'], { input });
  if (code !== 0) throw new Error(stderr);
}

/** Waits until something listens at a port of 127.0.0.1. */
export async function untilListens(what: string, port: number): Promise<void> {
  await until(`${what} listens`, async () => {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return true;
    } catch {
      return false;
    } finally {
      socket.destroy();
    }
  });
}

/** Starts a program with the admin's kubeconfig of a control plane, unless its environment names another one. */
export function startNeighbour(
  plane: ControlPlane,
  program: string,
  { as, args, env = {}, within = [] }: Started,
): NeighbourProcess {
  const path = join(plane.logsFolder, `${as}.log`);
  const log = openSync(path, 'a');
  const [first = program, ...rest] = [...within, program, ...args];
  const child = spawnBound(first, rest, {
    streams: ['ignore', log, log],
    env: { ...process.env, KUBECONFIG: plane.kubeconfig, ...env },
  });
  closeSync(log);
  return {
    pid: child.pid,
    said: () => readFile(path, 'utf8'),
    isRunning: () => child.isRunning(),
    ended: child.ended.then(({ code }) => code),
    end: async () => {
      await child.end('SIGTERM');
    },
  };
}
