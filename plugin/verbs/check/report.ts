import {
  clean,
  type Confidence,
  type Finding,
  type Operation,
  type ReviewRequest,
  type Verdict,
  type Work,
  type WorkObject,
} from '../../../shared/index.ts';
import type { ManifestDocument } from './documents.ts';

/** What `check` says of one object; the shape of `-o json`, stable (kubectl-maint.io/v1alpha1). */
export interface CheckItem {
  readonly source: string;
  readonly document: number;
  readonly object: {
    readonly apiVersion: string;
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
  };
  readonly operation: Operation;
  readonly work: Work;
  readonly tool: string | null;
  /**
   * How sure that is: `certain` by a kind of the tool's own or its owner's, `stated` by a label or what else is written on the
   * object, `likely` by an image or program of a tool, `guess` by two signs neither of which is enough; null where it is none.
   */
  readonly confidence: Confidence | null;
  /** Nodes in maintenance that the object reaches. */
  readonly nodes: readonly string[];
  readonly decision: Verdict['decision'] | 'invalid';
  readonly findings: readonly CheckFinding[];
  /** Of a CronJob: what becomes of its runs. The API server accepts it whatever that is. */
  readonly runs?: readonly CheckFinding[];
}

/** What a rule, or the input, has against an object. */
export interface CheckFinding {
  readonly rule: string;
  readonly reason: string;
  readonly detail: string;
}

/** The whole answer of `check`. */
export interface CheckReport {
  readonly apiVersion: 'kubectl-maint.io/v1alpha1';
  readonly kind: 'CheckReport';
  readonly summary: {
    readonly allowed: number;
    readonly warned: number;
    readonly denied: number;
    readonly invalid: number;
  };
  readonly items: readonly CheckItem[];
}

/** What the API server does without asking the webhook. */
export interface Unasked {
  /** Namespaces about which it does not ask. */
  readonly exempt: readonly string[];
  /** Rules for which it refuses by itself (docs/floor.md), whatever the namespace; undefined where that may not be read. */
  readonly floor: readonly string[] | undefined;
}

/**
 * The item as it is in a namespace about which the webhook is not asked: nobody warns or refuses there, but the API server by
 * itself. What that may know counts as refused.
 */
export function inExempt(item: CheckItem, { exempt, floor }: Unasked): CheckItem {
  const { namespace } = item.object;
  const isOpposed = item.decision !== 'allow' || item.runs !== undefined;
  if (!isOpposed || !exempt.includes(namespace)) return item;
  const isKnown = item.confidence === 'certain' || item.confidence === 'stated';
  const mayBeRefused = floor === undefined || (isKnown && item.findings.some(({ rule }) => floor.includes(rule)));
  const detail = `the webhook is not asked about namespace ${namespace}: of this only what the API server refuses by itself is kept off`;
  const findings = [...item.findings, { rule: 'namespace', reason: 'NamespaceExempt', detail }];
  return { ...item, decision: item.decision === 'deny' && !mayBeRefused ? 'warn' : item.decision, findings };
}

/** Longest name or message that is repeated from the input, in characters. */
const MAX_ECHO = 253;

/** The item for a request that was decided. */
export function itemFromVerdict(document: ManifestDocument, request: ReviewRequest, verdict: Verdict): CheckItem {
  return {
    source: document.source,
    document: document.index,
    object: nameOf(request.object ?? request.oldObject),
    operation: request.operation,
    work: verdict.work,
    tool: verdict.tool,
    confidence: verdict.confidence,
    nodes: verdict.nodes,
    decision: verdict.decision,
    findings: verdict.findings.map(asFinding),
  };
}

const NO_OBJECT: CheckItem['object'] = { apiVersion: '', kind: '', namespace: '', name: '' };

function nameOf(object: WorkObject | undefined): CheckItem['object'] {
  if (object === undefined) return NO_OBJECT;
  const { group, version, kind, namespace, name } = object;
  return {
    apiVersion: clean(group === '' ? version : `${group}/${version}`, MAX_ECHO),
    kind: clean(kind, MAX_ECHO),
    namespace: clean(namespace, MAX_ECHO),
    name: clean(name, MAX_ECHO),
  };
}

function asFinding({ rule, reason, detail }: Finding): CheckFinding {
  return { rule, reason, detail };
}

/** The item for a document that cannot be read; the finding names line and column. */
export function itemFromInvalid(document: ManifestDocument, detail: string): CheckItem {
  return {
    source: document.source,
    document: document.index,
    object: NO_OBJECT,
    operation: 'CREATE',
    work: 'none',
    tool: null,
    confidence: null,
    nodes: [],
    decision: 'invalid',
    findings: [{ rule: 'input', reason: 'Invalid', detail: clean(detail, MAX_ECHO) }],
  };
}

/** Items with their summary. */
export function reportFromItems(items: readonly CheckItem[]): CheckReport {
  const count = (decision: CheckItem['decision']): number => items.filter((item) => item.decision === decision).length;
  return {
    apiVersion: 'kubectl-maint.io/v1alpha1',
    kind: 'CheckReport',
    summary: { allowed: count('allow'), warned: count('warn'), denied: count('deny'), invalid: count('invalid') },
    items,
  };
}
