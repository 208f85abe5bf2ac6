import { ClusterRefusal, kubeconfigNames, MaintError, messageOf } from '../shared/index.ts';
import { systemClock } from './clock.ts';
import { connect } from './connect.ts';
import { EXIT, EXIT_OF, type ExitCode } from './exit-codes.ts';
import type {
  CheckOperation,
  CompleteOperation,
  DoctorOperation,
  Operation,
  StatusOperation,
  ValidateOperation,
} from './operation.ts';
import type { RunPorts } from './operations/run.ts';
import { parse } from './parse.ts';
import { lookOf, wantsColour, type Screen } from './screen.ts';
import type { Session } from './session.ts';

/** What the process hands to a run. */
export interface Invocation {
  readonly argv: readonly string[];
  readonly screen: Screen;
  /** Aborts when the person interrupts. */
  readonly signal: AbortSignal;
  readonly version: string;
}

/** Runs one command line to its exit code. The single place where failures become words. Never rejects. */
export async function run(invocation: Invocation): Promise<ExitCode> {
  try {
    const operation = await parse(invocation.argv, invocation.version);
    return await carryOut(operation, invocation);
  } catch (thrown) {
    return explain(thrown, invocation);
  }
}

/** Verbs that begin with a connection, and need one to their end. */
const CONNECTED = ['on', 'off', 'run', 'allow', 'status'] as const;
type ConnectedOperation = Extract<Operation, { readonly verb: (typeof CONNECTED)[number] }>;

function isConnected(operation: Operation): operation is ConnectedOperation {
  return CONNECTED.some((verb) => verb === operation.verb);
}

async function carryOut(operation: Operation, invocation: Invocation): Promise<ExitCode> {
  if (isConnected(operation)) return inSession(operation, invocation);
  switch (operation.verb) {
    case 'print':
      invocation.screen.result(operation.text);
      return EXIT.done;
    case 'complete':
      return complete(operation, invocation);
    case 'check':
      return check(operation, invocation);
    case 'validate':
      return validate(operation, invocation);
    case 'doctor':
      return doctor(operation, invocation);
  }
}

async function inSession(operation: ConnectedOperation, { screen, signal, version }: Invocation): Promise<ExitCode> {
  const cluster = await connect(operation.cluster, screen, version);
  const session: Session = { cluster, screen, clock: systemClock, signal };
  try {
    switch (operation.verb) {
      case 'on':
        return await (await import('./operations/on.ts')).runOn(operation, session);
      case 'off':
        return await (await import('./operations/off.ts')).runOff(operation, session);
      case 'run':
        return await (await import('./operations/run.ts')).runCommandOnNodes(operation, session, runPorts());
      case 'allow':
        return await (await import('./operations/allow.ts')).runAllow(operation, session);
      case 'status':
        return await status(operation, session);
    }
  } finally {
    cluster.close();
  }
}

function runPorts(): RunPorts {
  const { stdin, stdout, stderr, env } = process;
  const onTerminal = [stdin, stdout, stderr].some(({ isTTY }) => isTTY);
  return { env, canAnswer: stdin.isTTY, onTerminal, signals: process };
}

async function status(operation: StatusOperation, session: Session): Promise<ExitCode> {
  const { runStatus } = await import('./operations/status.ts');
  const { stdout, env } = process;
  const left = new AbortController();
  // A watch whose reader has left (`| head -1`) would go on for nobody.
  if (operation.watch) {
    stdout.once('error', () => {
      left.abort();
    });
  }
  return runStatus(operation, lookOf(stdout, env), {
    ...session,
    signal: AbortSignal.any([session.signal, left.signal]),
  });
}

async function check(operation: CheckOperation, { screen, signal, version }: Invocation): Promise<ExitCode> {
  const { runCheck } = await import('./operations/check.ts');
  const cluster = operation.nodesFile === undefined ? await connect(operation.cluster, screen, version) : undefined;
  try {
    const { stdin, stdout, env } = process;
    const colour = wantsColour(stdout, env);
    return await runCheck(operation, { screen, clock: systemClock, signal, stdin, colour, cluster });
  } finally {
    cluster?.close();
  }
}

async function doctor(operation: DoctorOperation, { screen, signal, version }: Invocation): Promise<ExitCode> {
  const { runDoctor } = await import('./operations/doctor.ts');
  // Its canaries provoke warnings: it looks at them, and nobody else has to read them.
  const quiet: Screen = { ...screen, warn: () => undefined };
  const cluster = await connect(operation.cluster, quiet, version);
  const colour = wantsColour(process.stdout, process.env);
  try {
    return await runDoctor(operation, { cluster, screen, clock: systemClock, signal, version, colour });
  } finally {
    cluster.close();
  }
}

async function complete(operation: CompleteOperation, { screen, version }: Invocation): Promise<ExitCode> {
  const { runComplete } = await import('./operations/complete.ts');
  const { cluster } = operation;
  const quiet: Screen = { ...screen, warn: () => undefined };
  return runComplete(operation, {
    screen,
    connect: () =>
      cluster === undefined ? Promise.reject(new Error('no cluster is chosen')) : connect(cluster, quiet, version),
    namesInKubeconfig: (what) => kubeconfigNames(what, { kubeconfig: cluster?.kubeconfig, env: process.env }),
  });
}

async function validate({ policyFile }: ValidateOperation, { screen }: Invocation): Promise<ExitCode> {
  const { runValidate } = await import('./operations/validate.ts');
  return runValidate(policyFile, { screen, stdin: process.stdin });
}

const RIGHTS =
  'the roles kubectl-maint-operator and kubectl-maint-viewer of the chart have the rights; kubectl maint doctor names what is missing';

function explain(thrown: unknown, { screen, signal }: Invocation): ExitCode {
  if (thrown instanceof MaintError) {
    screen.note(`error: ${thrown.message}`);
    const hint = thrown.hint ?? (thrown instanceof ClusterRefusal && thrown.status === 403 ? RIGHTS : undefined);
    if (hint !== undefined) screen.note(`hint: ${hint}`);
    return signal.aborted ? EXIT.interrupted : EXIT_OF[thrown.code];
  }
  if (signal.aborted) {
    // Nobody has foreseen it here, so that it may have come before or after a write.
    screen.note('interrupted; what was changed until then, if anything: kubectl maint status');
    return EXIT.interrupted;
  }
  screen.note(`error: this is a bug in kubectl maint: ${messageOf(thrown)}`);
  screen.note('hint: please report it with the command line and the lines below');
  if (thrown instanceof Error && thrown.stack !== undefined) screen.note(thrown.stack);
  return EXIT.bug;
}
