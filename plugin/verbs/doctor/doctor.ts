import type { Check } from './check.ts';
import { CHECKS } from './checks/registry.ts';
import { HOSTNAME_LABEL } from '../../../shared/index.ts';
import { serviceNamespace } from '../../policy/registration.ts';
import type { ClusterNames, Diagnosis } from './diagnosis.ts';
import { readingsFrom, type Readings } from './readings.ts';
import { redacted } from './redaction.ts';
import { reportFrom } from './report.ts';
import { EXIT, type ExitCode } from '../../terminal/exit-codes.ts';
import type { DoctorOperation } from './flags.ts';
import { renderDoctor } from './text.ts';
import { printReport } from '../../terminal/screen.ts';
import type { Session } from '../../session/session.ts';

/** How long it may work in silence, in ms. */
const QUIET_MS = 1000;

/** For all reads together, in ms: several times the 3 s that an API server waits for a webhook that does not answer. */
const READ_MS = 15_000;

/** What doctor works with. */
export interface DoctorSurroundings extends Session {
  /** Version of this plugin. */
  readonly version: string;
  /** Whether the report may be coloured. */
  readonly colour: boolean;
}

/** `kubectl maint doctor`: whether enforcement is live. Reads, and asks in dry runs; nothing is changed. */
export async function runDoctor(
  { format, redact }: DoctorOperation,
  surroundings: DoctorSurroundings,
): Promise<ExitCode> {
  const { screen, signal, version, colour } = surroundings;
  const readings = readingsFrom(surroundings, version, AbortSignal.any([signal, AbortSignal.timeout(READ_MS)]));
  // Without an API server there is nothing to report: that fails as it does everywhere.
  await readings.greeting();
  const found = await examineAll(CHECKS, readings, surroundings);
  const whole = reportFrom(found);
  const report = redact ? redacted(whole, await namesIn(found, readings)) : whole;
  printReport(screen, await renderDoctor(report, format, colour), format === 'text');
  return report.items.some(({ status }) => status === 'fail') ? EXIT.gaveUp : EXIT.done;
}

/** What the cluster and its people are called, as far as the report may tell: as it was read, and as findings name it. */
async function namesIn(found: readonly (readonly [string, Diagnosis])[], readings: Readings): Promise<ClusterNames> {
  const [nodes, registration] = await Promise.all([
    readings.nodes().catch(() => []),
    readings.registration().catch(() => undefined),
  ]);
  const named = found.map(([, { names = {} }]) => names);
  const missing = found.flatMap(([, { missing: rights = [] }]) => rights);
  return {
    nodes: [
      ...nodes.flatMap(({ facts: { name, labels } }) => [name, labels.get(HOSTNAME_LABEL) ?? '']),
      ...named.flatMap((names) => names.nodes ?? []),
    ],
    namespaces: [
      serviceNamespace(registration) ?? '',
      ...missing.map(({ namespace }) => namespace),
      ...named.flatMap((names) => names.namespaces ?? []),
    ],
    owners: nodes.flatMap(({ facts: { record } }) =>
      record.kind === 'record' ? record.record.claims.map(({ owner }) => owner) : [],
    ),
  };
}

/** All at once; after a second it is said which ones are still on their way. */
async function examineAll(
  checks: readonly Check[],
  readings: Readings,
  { screen, clock, signal }: Session,
): Promise<readonly (readonly [string, Diagnosis])[]> {
  const open = new Set(checks.map(({ id }) => id));
  const over = new AbortController();
  const examined = Promise.all(
    checks.map(async ({ id, examine }) => {
      const found = await examine(readings);
      open.delete(id);
      return found.map((diagnosis) => [id, diagnosis] as const);
    }),
  );
  void clock.sleep(QUIET_MS, AbortSignal.any([signal, over.signal])).then(() => {
    if (!over.signal.aborted && !signal.aborted) screen.note(`still asking: ${[...open].join(', ')} ...`);
  });
  try {
    return (await examined).flat();
  } finally {
    over.abort();
  }
}
