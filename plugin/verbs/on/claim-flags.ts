import { oneOf, type FlagTable, type FlagValues } from '../../command-line/flag.ts';
import { durationFlag, momentFlag, textFlag } from '../../command-line/values.ts';
import { dataLossFlag } from '../../preflight/data/accepted.ts';
import { MaintError, type Mode } from '../../../shared/index.ts';

/** What an `on` asks for on behalf of its owner. */
export interface ClaimFlags {
  /** Undefined: the caller's name, as the API server knows it. */
  readonly owner: string | undefined;
  readonly mode: Mode;
  /** Changes what is said of a maintenance that its owner has already, and nothing else of it. */
  readonly isChange: boolean;
  readonly reason: string | undefined;
  readonly ticket: string | undefined;
  /** RFC 3339, from `--until`; or a span in milliseconds, from `--for`. */
  readonly until: { readonly at: string } | { readonly inMs: number } | undefined;
}

/** What is asked for besides the claim, and kept for as long as it. */
export interface MarkFlags {
  /** Accepts that the node is the last worker, or needed for the control plane's quorum. */
  readonly allowLastNode: boolean;
  /** Data systems, and objects of them, whose loss is accepted. */
  readonly acceptedLoss: readonly string[];
  /** Keep autoscalers and remediation off the node, and off its Machine, while in maintenance. */
  readonly protect: boolean;
  /** Make a cordon that is there part of the maintenance, so that `off` uncordons. */
  readonly adopt: boolean;
  /** Show the maintenance as a role of the node. */
  readonly roleLabel: boolean;
}

/** What is written on the node: whose maintenance it is, why and until when, and what protects it meanwhile. */
export const CLAIM_FLAGS = {
  mode: {
    ...oneOf('drain', 'cordon'),
    default: 'drain',
    describe:
      'drain moves the workloads away; cordon only keeps new ones off (operators and a descheduler may still move some)',
  },
  reason: { kind: 'value', value: textFlag, describe: 'Why; shown wherever work is refused' },
  ticket: { kind: 'value', value: textFlag, describe: 'Reference of the change or incident' },
  owner: { kind: 'value', value: textFlag, completes: 'owners', describe: 'On whose behalf; your own name by default' },
  until: {
    kind: 'value',
    value: momentFlag,
    excludes: 'for',
    describe: 'Expected end, like 2026-01-31T06:00:00Z; a reminder, nothing ends by itself',
  },
  for: { kind: 'value', value: spanFlag, describe: 'Expected end as a span from now, like 2h' },
  'allow-last-node': {
    kind: 'switch',
    default: false,
    describe: "Even if it is the last worker, or the control plane's quorum needs it",
  },
  'allow-data-loss': {
    kind: 'list',
    value: dataLossFlag,
    describe:
      'Even if a data system says that data would be lost: its name, like longhorn, or one object, like longhorn/pvc-1',
  },
  protect: {
    kind: 'switch',
    default: true,
    describe:
      'Keep cluster-autoscaler, Karpenter (not its expiry or node repair), medik8s and Cluster API from removing or rebooting the node meanwhile',
  },
  adopt: {
    kind: 'switch',
    default: false,
    describe: 'Take over a node that others have cordoned: off uncordons it. Without it, off keeps their cordon',
  },
  'role-label': {
    kind: 'switch',
    default: false,
    describe: 'Also show the role maintenance in kubectl get nodes, until off',
  },
} as const satisfies FlagTable;

type ClaimValues = FlagValues<typeof CLAIM_FLAGS>;

/** The claim that they ask for. */
export function claimFlags({ owner, mode, reason, ticket, until, for: inMs }: ClaimValues): ClaimFlags {
  const end = until === undefined ? (inMs === undefined ? undefined : { inMs }) : { at: until };
  return { owner, mode, isChange: false, reason, ticket, until: end };
}

/** What they ask for besides the claim. */
export function markFlags(values: ClaimValues): MarkFlags {
  return {
    allowLastNode: values['allow-last-node'],
    acceptedLoss: values['allow-data-loss'] ?? [],
    protect: values.protect,
    adopt: values.adopt,
    roleLabel: values['role-label'],
  };
}

function spanFlag(text: string, flag: string): number {
  const inMs = durationFlag(text, flag);
  if (inMs === 0) throw new MaintError('usage', `${flag}: a maintenance of no time at all has no use`);
  return inMs;
}
