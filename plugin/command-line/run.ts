import { kubeconfigNames, MaintError, messageOf, isForbidden } from '../../shared/index.ts';
import { clockOf, systemClock } from '../session/clock.ts';
import { connect, type Caller } from '../session/connect.ts';
import { EXIT, EXIT_OF, type ExitCode } from './exit-codes.ts';
import type {
  CheckOperation,
  CompleteOperation,
  DoctorOperation,
  Operation,
  StatusOperation,
  ValidateOperation,
} from './operation.ts';
import type { RunPorts } from '../verbs/run/run.ts';
import { reportFor } from '../terminal/report.ts';
import { parse } from './parse.ts';
import { lookOf, wantsColour, type Screen } from '../terminal/screen.ts';
import type { Session } from '../session/session.ts';
import { tellSilence, type Listener } from '../session/silence.ts';
import { verbs } from '../verbs.ts';

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
  let operation: Operation | undefined;
  const warnings = { count: 0 };
  try {
    operation = await parse(invocation.argv, verbs(invocation.version));
    const code = await carryOut(operation, { ...invocation, warnings });
    return strictly(operation, code, warnings.count, invocation.screen);
  } catch (thrown) {
    return explain(thrown, invocation, operation?.verb);
  }
}

/** kubectl's --warnings-as-errors: what was done is done, and the command fails all the same. */
function strictly(operation: Operation, code: ExitCode, warnings: number, screen: Screen): ExitCode {
  const isStrict = 'cluster' in operation && operation.cluster?.warningsAsErrors === true;
  if (!isStrict || warnings === 0 || code !== EXIT.done) return code;
  screen.note(`error: ${warnings} ${warnings === 1 ? 'warning' : 'warnings'} received (--warnings-as-errors)`);
  return EXIT.cluster;
}

/** An invocation, and what the API server warns of meanwhile. */
type Running = Invocation & Pick<Caller, 'warnings'>;

/** Verbs that begin with a connection, and need one to their end. */
const CONNECTED = ['on', 'off', 'run', 'allow', 'status'] as const;
type ConnectedOperation = Extract<Operation, { readonly verb: (typeof CONNECTED)[number] }>;

function isConnected(operation: Operation): operation is ConnectedOperation {
  return CONNECTED.some((verb) => verb === operation.verb);
}

async function carryOut(operation: Operation, invocation: Running): Promise<ExitCode> {
  if (isConnected(operation)) return inSession(operation, invocation);
  switch (operation.verb) {
    case 'print':
      invocation.screen.data(operation.text);
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

async function inSession(operation: ConnectedOperation, invocation: Running): Promise<ExitCode> {
  const { screen, signal } = invocation;
  const cluster = await connect(operation.cluster, invocation);
  const session: Session = { cluster, screen, clock: clockOf(cluster), signal };
  const silence = tellSilence(cluster, listenerFor(operation, session));
  try {
    switch (operation.verb) {
      case 'on':
        return await (await import('../verbs/on/on.ts')).runOn(operation, session);
      case 'off':
        return await (await import('../verbs/off/off.ts')).runOff(operation, session);
      case 'run':
        return await (await import('../verbs/run/run.ts')).runCommandOnNodes(operation, session, runPorts());
      case 'allow':
        return await (await import('../verbs/allow/allow.ts')).runAllow(operation, session);
      case 'status':
        return await status(operation, session);
    }
  } finally {
    silence.end();
    cluster.close();
  }
}

/** Where it is told that the API server is silent: in the form that was asked for. */
function listenerFor(operation: ConnectedOperation, session: Session): Listener {
  const isStream = (operation.verb === 'on' || operation.verb === 'off') && operation.format === 'json';
  const report = reportFor<{ type: 'note'; text: string }>(isStream ? 'json' : 'text', session, ({ text }) => {
    session.screen.note(text);
  });
  // What the commands of a run write to the terminal nobody here can draw around.
  const live = isStream || operation.verb === 'run' ? undefined : session.screen.live;
  return {
    live,
    say: (text) => {
      report.tell({ type: 'note', text });
    },
  };
}

function runPorts(): RunPorts {
  const { stdin, stdout, stderr, env } = process;
  const onTerminal = [stdin, stdout, stderr].some(({ isTTY }) => isTTY);
  return { env, canAnswer: stdin.isTTY, onTerminal, signals: process };
}

async function status(operation: StatusOperation, session: Session): Promise<ExitCode> {
  const { runStatus } = await import('../verbs/status/status.ts');
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

async function check(operation: CheckOperation, invocation: Running): Promise<ExitCode> {
  const { screen, signal } = invocation;
  const { runCheck } = await import('../verbs/check/check.ts');
  const cluster = operation.nodesFile === undefined ? await connect(operation.cluster, invocation) : undefined;
  const silence = cluster === undefined ? undefined : tellSilence(cluster, onScreen(screen));
  try {
    const { stdin, stdout, env } = process;
    const colour = wantsColour(stdout, env);
    const clock = cluster === undefined ? systemClock : clockOf(cluster);
    return await runCheck(operation, { screen, clock, signal, stdin, colour, cluster });
  } finally {
    silence?.end();
    cluster?.close();
  }
}

function onScreen(screen: Screen): Listener {
  return {
    live: screen.live,
    say: (text) => {
      screen.note(text);
    },
  };
}

async function doctor(operation: DoctorOperation, invocation: Running): Promise<ExitCode> {
  const { screen, signal, version } = invocation;
  const { runDoctor } = await import('../verbs/doctor/doctor.ts');
  // Its canaries provoke warnings: it looks at them, and nobody else has to read them.
  const quiet: Screen = { ...screen, warn: () => undefined };
  const cluster = await connect(operation.cluster, { ...invocation, screen: quiet });
  const silence = tellSilence(cluster, onScreen(screen));
  const colour = wantsColour(process.stdout, process.env);
  try {
    return await runDoctor(operation, { cluster, screen, clock: systemClock, signal, version, colour });
  } finally {
    silence.end();
    cluster.close();
  }
}

async function complete(operation: CompleteOperation, invocation: Running): Promise<ExitCode> {
  const { screen } = invocation;
  const { runComplete } = await import('../verbs/completion/complete.ts');
  const { cluster } = operation;
  const quiet: Screen = { ...screen, warn: () => undefined };
  return runComplete(operation, {
    screen,
    connect: () =>
      cluster === undefined
        ? Promise.reject(new Error('no cluster is chosen'))
        : connect(cluster, { ...invocation, screen: quiet }),
    namesInKubeconfig: (what) => kubeconfigNames(what, { kubeconfig: cluster?.kubeconfig, env: process.env }),
  });
}

async function validate({ policyFile }: ValidateOperation, { screen, signal }: Invocation): Promise<ExitCode> {
  const { runValidate } = await import('../verbs/check/validate.ts');
  return runValidate(policyFile, { screen, signal, stdin: process.stdin });
}

const RIGHTS =
  'the roles kubectl-maint-operator and kubectl-maint-viewer of the chart have the rights; kubectl maint doctor names what is missing';

/** Verbs that may have changed something when they are interrupted. */
const CHANGING: readonly (Operation['verb'] | undefined)[] = ['on', 'off', 'run', 'allow'];

/** Nobody has foreseen the interruption here, so that it may have come before or after a write. */
const UNFORESEEN = 'interrupted; what was changed until then, if anything: kubectl maint status';

function explain(thrown: unknown, { screen, signal }: Invocation, verb: Operation['verb'] | undefined): ExitCode {
  if (thrown instanceof MaintError) {
    screen.note(`error: ${thrown.message}`);
    const hint = thrown.hint ?? (isForbidden(thrown) ? RIGHTS : undefined);
    if (hint !== undefined) screen.note(`hint: ${hint}`);
    return signal.aborted ? EXIT.interrupted : EXIT_OF[thrown.code];
  }
  if (signal.aborted) {
    screen.note(CHANGING.includes(verb) ? UNFORESEEN : 'interrupted');
    return EXIT.interrupted;
  }
  return explainBug(thrown, screen);
}

function explainBug(thrown: unknown, screen: Screen): ExitCode {
  screen.note(`error: this is a bug in kubectl maint: ${messageOf(thrown)}`);
  screen.note('hint: please report it with the command line and the lines below');
  if (thrown instanceof Error && thrown.stack !== undefined) screen.note(thrown.stack);
  return EXIT.bug;
}
