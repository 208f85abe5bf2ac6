import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { MaintError, messageOf, renderProblem, type MaintErrorCode } from '../shared/index.ts';
import { connect, type Connect, type Environment } from './connect.ts';
import { EMPTY_REGISTER_OBJECT, REGISTER_DEFINITION } from './floor/definition.ts';
import { floorObjects, registerGuardObjects } from './floor/floor.ts';
import { floorGaps } from './floor/gaps.ts';
import { logTo } from './log.ts';
import type { WebhookCommand } from './options/operation.ts';
import { parseArguments } from './options/parse.ts';
import { readPolicy } from './policy.ts';
import { registrationFor } from './controller/registration/entries.ts';
import { control } from './control.ts';
import { serve, type ServePorts } from './serve.ts';
import { uninstall } from './uninstall.ts';
import { validate } from './validate.ts';
import { verify } from './verify.ts';
import { VERSION } from './version.ts';

/** The process, as far as it is needed. */
export interface Process {
  /** Without `node` and the script. */
  readonly argv: readonly string[];
  readonly env: Environment;
  readonly stdout: Stream;
  readonly stderr: Stream;
  /** Calls for every SIGTERM and SIGINT. */
  onSignal(listener: () => void): void;
}

interface Stream {
  write(text: string): unknown;
}

const EXIT_CODES: Readonly<Record<MaintErrorCode, number>> = {
  usage: 2,
  denied: 3,
  cluster: 4,
  'gave-up': 5,
  interrupted: 130,
};
const BUG = 1;

/** Does what the arguments ask for, and gives the exit code. Never rejects. */
export async function run(process: Process, connectTo: Connect = connect): Promise<number> {
  try {
    const operation = await parseArguments(process.argv, VERSION, process.env);
    if (!operation.ok) {
      throw new MaintError('usage', operation.problems.map(renderProblem).join('\n'), {
        hint: 'see maint-webhook --help',
      });
    }
    return await carryOut(operation.value, process, connectTo);
  } catch (thrown) {
    return reported(thrown, process.stderr);
  }
}

async function carryOut(operation: WebhookCommand, process: Process, connectTo: Connect): Promise<number> {
  switch (operation.kind) {
    case 'print':
      process.stdout.write(`${operation.text}\n`);
      return 0;
    case 'configuration':
      process.stdout.write(await renderConfiguration(operation));
      return 0;
    case 'verify':
    case 'uninstall':
      process.stdout.write(`${await once(operation, process, connectTo)}\n`);
      return 0;
    case 'policies':
      await printPolicies(operation, process);
      return 0;
    case 'validate':
      process.stdout.write(`${await validate(operation.policyFile)}\n`);
      return 0;
    case 'serve':
    case 'controller':
      return runUntilSignal(operation, process, connectTo);
  }
}

async function once(
  operation: WebhookCommand & { kind: 'uninstall' | 'verify' },
  { env }: Process,
  connectTo: Connect,
): Promise<string> {
  const cluster = await connectTo(operation.cluster, env);
  try {
    return operation.kind === 'verify'
      ? (await verify(cluster)).join('\n')
      : await uninstall(cluster, operation.whileHeld);
  } finally {
    cluster.close();
  }
}

async function renderConfiguration(operation: WebhookCommand & { kind: 'configuration' }): Promise<string> {
  const { address, failurePolicy, caFile } = operation;
  const { tools, config, written } = await readPolicy(operation.policyFile);
  const authorities = caFile === undefined ? undefined : await readAuthorities(caFile);
  return stringify(
    registrationFor(tools, config, { address, failurePolicy, authorities, written: written ?? NO_POLICY }),
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

/** What says nothing, so that the defaults apply: told, too, lest people have to guess. */
const NO_POLICY = { apiVersion: 'kubectl-maint.io/v1alpha1', kind: 'MaintenancePolicy' };

/**
 * The kind before what is of it, and the register last: what the API server has just learned it may not serve yet. What the
 * policies leave to the webhook is told beside them: they are piped into kubectl.
 */
async function printPolicies(
  { policyFile, controller }: WebhookCommand & { kind: 'policies' },
  { stdout, stderr }: Process,
): Promise<void> {
  const { tools, config } = await readPolicy(policyFile);
  const guard = controller === undefined ? [] : registerGuardObjects(controller);
  const objects = [REGISTER_DEFINITION, ...floorObjects(tools, config), ...guard, EMPTY_REGISTER_OBJECT];
  const documents = objects.map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }));
  stdout.write(documents.map((document) => `---\n${document}`).join(''));
  for (const gap of floorGaps(tools, config)) stderr.write(`note: ${gap}\n`);
}

async function readAuthorities(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new MaintError('usage', `cannot read ${file}: ${messageOf(cause)}`, { cause });
  });
  if (!text.includes('-----BEGIN CERTIFICATE-----')) throw new MaintError('usage', `${file} holds no PEM certificate`);
  return text;
}

/** A program that goes on until it is told to end. */
interface Running {
  /** Rejects when it cannot go on; never resolves. */
  readonly failed: Promise<never>;
  /** `drainMs`: how long a listener answers on. */
  stop(drainMs: number): Promise<void>;
}

async function runUntilSignal(
  operation: WebhookCommand & { kind: 'serve' | 'controller' },
  process: Process,
  connectTo: Connect,
): Promise<number> {
  const signals = twoSignals(process);
  const policy = await readPolicy(operation.policyFile);
  const cluster = await connectTo(operation.cluster, process.env);
  try {
    const log = logTo(process.stdout, operation.logLevel);
    const running = await started(operation, { cluster, log, policy, now: Date.now });
    await Promise.race([signals.first, running.failed]).catch(async (failure: unknown) => {
      await running.stop(0);
      throw failure;
    });
    const stopped = running.stop(operation.kind === 'serve' ? operation.drainMs : 0).then(() => 0);
    return await Promise.race([stopped, signals.second.then(() => EXIT_CODES.interrupted)]);
  } finally {
    cluster.close();
  }
}

function started(operation: WebhookCommand & { kind: 'serve' | 'controller' }, ports: ServePorts): Promise<Running> {
  return operation.kind === 'serve' ? serve(operation.serve, ports) : control(operation.control, ports);
}

function twoSignals(process: Process): { readonly first: Promise<undefined>; readonly second: Promise<undefined> } {
  const first = Promise.withResolvers<undefined>();
  const second = Promise.withResolvers<undefined>();
  let seen = 0;
  process.onSignal(() => {
    seen += 1;
    (seen === 1 ? first : second).resolve(undefined);
  });
  return { first: first.promise, second: second.promise };
}

function reported(thrown: unknown, stderr: Stream): number {
  if (thrown instanceof MaintError) {
    stderr.write(`error: ${thrown.message}\n${thrown.hint === undefined ? '' : `hint: ${thrown.hint}\n`}`);
    return EXIT_CODES[thrown.code];
  }
  stderr.write(
    `error: this is a bug: ${thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown)}\n`,
  );
  return BUG;
}
