import { isFinished, type NodeFacts, type PodFacts, type Quorum } from '../../../shared/index.ts';
import type { Attachment } from '../../drain/attachment.ts';
import { attachmentName } from '../../drain/attachment.ts';
import type { DrainPlan } from '../../drain/plan.ts';
import { podName } from '../../drain/plan.ts';

/** Something that goes wrong when the Node object is deleted now. */
export interface DeletionBlocker {
  /**
   * `pods`: workloads that would be killed without a drain. `volumes`: still attached, so that nobody else can mount
   * them for minutes. `control-plane`: too few of its nodes would be left. `claims`: several owners hold the node.
   * `record`: cannot be read, so nobody knows who does.
   */
  readonly kind: 'pods' | 'volumes' | 'control-plane' | 'claims' | 'record' | 'schedulable';
  /** One sentence without a full stop. */
  readonly text: string;
  /** Pods as `namespace/name`, PersistentVolumes, or owners; sorted. */
  readonly names: readonly string[];
}

/** Whether the Node object can be deleted now without harm. `unknown`: nothing is in the way, as far as could be read. */
export interface Deletion {
  readonly verdict: 'safe' | 'blocked' | 'unknown';
  readonly blockers: readonly DeletionBlocker[];
}

/** What the verdict is made from; undefined is what could not be read. */
export interface DeletionFacts {
  readonly node: NodeFacts;
  /** How a drain with all permissions would go on. */
  readonly plan: Pick<DrainPlan, 'evict' | 'waitFor'> | undefined;
  /** Volumes attached to the node. */
  readonly attached: readonly Attachment[] | undefined;
  /** The control plane without the node; `none` where the node is not part of it. */
  readonly quorum: Quorum | 'none' | undefined;
}

/** Judges whether the Node object may be deleted. It says the same to everybody, whoever asks. */
export function judgeDeletion({ node, plan, attached, quorum }: DeletionFacts): Deletion {
  const blockers = [...pods(plan), ...volumes(attached), ...controlPlane(quorum), ...claims(node), ...cordon(node)];
  if (blockers.length > 0) return { verdict: 'blocked', blockers };
  const isKnown = plan !== undefined && attached !== undefined && quorum !== undefined;
  return { verdict: isKnown ? 'safe' : 'unknown', blockers };
}

/** What has ended is no loss, nor is what its owner told drains to skip. */
function pods(plan: DeletionFacts['plan']): readonly DeletionBlocker[] {
  const all: readonly PodFacts[] = plan === undefined ? [] : [...plan.evict, ...plan.waitFor.map(({ pod }) => pod)];
  const names = all.filter((pod) => !isFinished(pod)).map(podName);
  return blockedBy('pods', names, `${counted(names.length, 'pod')} would be killed with it`);
}

function volumes(attached: DeletionFacts['attached'] = []): readonly DeletionBlocker[] {
  const names = attached.map(attachmentName);
  return blockedBy('volumes', names, `${counted(names.length, 'volume')} still attached`);
}

function controlPlane(quorum: DeletionFacts['quorum']): readonly DeletionBlocker[] {
  if (quorum === undefined || quorum === 'none' || quorum.ready >= quorum.needed) return [];
  const { ready, all, needed } = quorum;
  const text = `${ready} of ${all} control-plane nodes would be left Ready, and ${needed} are needed`;
  return [{ kind: 'control-plane', text, names: [] }];
}

/** One owner deletes what is theirs; of several, each works on the node. */
function claims({ record }: NodeFacts): readonly DeletionBlocker[] {
  if (record.kind === 'unreadable') {
    return [{ kind: 'record', text: 'its record cannot be read: nobody knows who works on it', names: [] }];
  }
  const owners = record.kind === 'record' ? record.record.claims.map(({ owner }) => owner) : [];
  return owners.length < 2 ? [] : blockedBy('claims', owners, `${owners.length} owners work on it`);
}

/** A drained node that takes new pods again is as full as the scheduler has made it by then. */
function cordon({ record, unschedulable }: NodeFacts): readonly DeletionBlocker[] {
  if (record.kind !== 'record' || unschedulable) return [];
  return [{ kind: 'schedulable', text: 'somebody uncordoned it: new pods may land on it', names: [] }];
}

function blockedBy(kind: DeletionBlocker['kind'], names: readonly string[], text: string): readonly DeletionBlocker[] {
  return names.length === 0 ? [] : [{ kind, text, names: [...names].sort() }];
}

/** `1 pod`, `3 pods` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
