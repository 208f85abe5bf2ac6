import type { NodeFactsIndex } from '../facts/node-table.ts';
import { modeOf, untilOf } from '../record/claims.ts';
import { NO_RECORD, type MaintenanceRecord, type RecordReading } from '../record/record.ts';
import type { AfterDenial } from '../targets/tool.ts';
import { RULES, type RuleId } from './registry.ts';
import type { Rule } from './rule.ts';
import { RECORD_STEP } from './rules/node-guard.ts';
import type { Finding, Verdict } from './verdict.ts';
import { clean, MAX_QUOTE, wrapped } from '../words.ts';

/** Longest denial, in characters: the API server repeats it in Events (1 kB there) and in every retry's log line. */
export const MAX_MESSAGE = 1000;
/** Longest warning, in characters: clients are asked to expect no more (k8s admission/v1 AdmissionResponse.warnings). */
export const MAX_WARNING = 120;
/** Nodes whose maintenance is described in full; the rest are named by the findings. */
const NODES_DESCRIBED = 3;

/** What a denial needs to know besides the verdict. */
export interface DenialContext {
  readonly now: number;
  readonly nodeIndex: NodeFactsIndex;
}

/** The whole denial as one line: every finding, each node's maintenance, and the next step. At most 1 kB, printable. */
export function explainDenial(verdict: Verdict, context: DenialContext): string {
  const denials = verdict.findings.filter((finding) => finding.decision === 'deny');
  const about = [...new Set(denials.flatMap((finding) => finding.nodes))].sort();
  const parts = [
    denials.map(({ rule, detail }) => `${rule}: ${detail}`).join('; '),
    ...about.slice(0, NODES_DESCRIBED).map((name) => describeNode(name, context)),
  ];
  // However long the story is, what to do is never cut off.
  const next = `. ${nextStep(denials, about, verdict)}`;
  return clean(parts.filter((part) => part !== '').join('. '), MAX_MESSAGE - next.length) + next;
}

/** A denial of the API server's own policies: what they fill in stands there as `{name}`. */
export interface BriefDenial {
  readonly rule: RuleId;
  readonly detail: string;
  /** By whom, why and until when, or where that is told (explainNode). */
  readonly told: string;
  /** What becomes of the work (explainAfter). */
  readonly after: string;
}

/** A denial that is about one node. */
export function explainBriefly({ rule, detail, told, after }: BriefDenial): string {
  return `${rule}: ${detail}. ${told}. ${after}`;
}

/** What becomes of work that is refused; `end` is what it waits for. */
export function explainAfter(afterDenial: AfterDenial, end: string): string {
  return AFTER[afterDenial](end);
}

/** A node's maintenance in one line, as explainRecord gives it; without it, where to read it. */
export function explainNode(node: string, why: string | undefined): string {
  return why === undefined ? `By whom, why and until when: kubectl maint status ${node}` : `Node ${node}: ${why}`;
}

/** What an identity without the right to change records reads; `what` it may not do. */
export function explainRight(user: string, what: string): string {
  return `node-guard: ${user} may not ${what}: that needs the verb set on maintenances.kubectl-maint.io, which the role kubectl-maint-operator has. ${RECORD_STEP}`;
}

/** Lines short enough for every client; a longer warning goes on in the next one. */
export function explainWarnings(verdict: Verdict): readonly string[] {
  return verdict.findings
    .filter((finding) => finding.decision === 'warn')
    .flatMap(({ rule, detail }) => wrapped(`${rule}: ${detail}`, MAX_WARNING));
}

function describeNode(name: string, { nodeIndex, now }: DenialContext): string {
  const reading = nodeIndex.node(name)?.record ?? NO_RECORD;
  return reading.kind === 'none' ? '' : explainNode(clean(name, MAX_QUOTE), explainRecord(reading, now));
}

/** `in maintenance (drain) since …, until …, by ana "new firmware"`. */
export function explainRecord(reading: RecordReading, now: number): string {
  return reading.kind === 'record' ? describeRecord(reading.record, now) : 'in maintenance, its record cannot be read';
}

/** No ages: controllers repeat the text in Events, and a text that changes every second makes each one a new Event. */
function describeRecord(record: MaintenanceRecord, now: number): string {
  return [
    `in maintenance (${modeOf(record)}) since ${clean(record.initiatedAt, 40)}`,
    renderUntil(record, now),
    ...record.claims
      .slice(0, NODES_DESCRIBED)
      .map(
        ({ owner, reason }) =>
          `by ${clean(owner, MAX_QUOTE)}${reason === undefined ? '' : ` "${clean(reason, MAX_QUOTE)}"`}`,
      ),
  ].join(', ');
}

function renderUntil(record: MaintenanceRecord, now: number): string {
  const until = untilOf(record);
  if (until === undefined) return 'no end announced';
  return `${Date.parse(until) < now ? 'overdue since' : 'until'} ${clean(until, 40)}`;
}

const AFTER: Readonly<Record<AfterDenial, (end: string) => string>> = {
  retried: (end) => `It is tried again by itself, and runs after ${end}`,
  resumed: (end) => `The latest run is made up for by itself after ${end}, earlier ones are lost`,
  lost: (end) => `This run is lost: start it again after ${end}`,
  failed: (end) => `Do it again after ${end}`,
};

function nextStep(denials: readonly Finding[], nodes: readonly string[], { afterDenial }: Verdict): string {
  if (denials.every(({ reason }) => reason === 'Unknown')) return 'Try again when the API server answers';
  const [only, ...more] = nodes;
  const end =
    only !== undefined && more.length === 0 ? `kubectl maint off ${clean(only, MAX_QUOTE)}` : 'the maintenance ends';
  const step = RULES.flatMap((rule) => stepsOf(rule, denials))[0];
  return (step ?? AFTER[afterDenial ?? 'failed'])(end);
}

/** What a rule says is to be done about these denials, in the order of its reasons. */
function stepsOf({ id, reasons }: Rule, denials: readonly Finding[]): readonly ((end: string) => string)[] {
  const own = denials.filter(({ rule }) => rule === id).map(({ reason }) => reason);
  return Object.entries(reasons).flatMap(([reason, { next }]) =>
    next !== undefined && own.includes(reason) ? [next] : [],
  );
}
