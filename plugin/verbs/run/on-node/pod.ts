import { createHash } from 'node:crypto';
import type { V1Container, V1Pod, V1SecurityContext } from '@kubernetes/client-node';
import {
  clean,
  MAX_TEXT,
  OWNER_ANNOTATION,
  RUN_LABEL,
  runLabelOf,
  textAt,
  type Claim,
  type ClaimKey,
  type Written,
} from '../../../../shared/index.ts';
import type { NodeSnapshot } from '../../../nodes/snapshot.ts';
import { shellLine } from '../../../terminal/shell-line.ts';
import type { NodeCommand } from '../../../command/child.ts';
import { commandEnvironment } from '../../../command/environment.ts';
import type { OnNode, Profile } from './flags.ts';
import { SCRIPT_FOLDER } from './script-place.ts';

/** The name of the one container. */
export const CONTAINER = 'command';

/** Where the host's file system is, in a pod that has it. */
const HOST = '/host';

/** What a host's programs are found by, whatever the image says: Debian's own for root, which others share. */
const HOST_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** How long a pod may take until its command runs, in ms: a small image from a slow registry, several times over. */
export const START_MS = 300_000;

/** How long a command has after SIGTERM when somebody interrupts, in seconds: Kubernetes' own default, enough for a package to be unpacked. */
export const GRACE_S = 30;

/** Longest name of an object (RFC 1123 subdomain), and how much of a hash makes a cut one unique. */
const MAX_NAME = 253;
const HASH_CHARACTERS = 12;

/** The pod's and its ConfigMap's name: one for each node, so that of two runs only one can have a command there. */
export function podNameFor(node: string): string {
  const name = `run-${node}`;
  if (name.length <= MAX_NAME) return name;
  const hash = createHash('sha256').update(node).digest('hex').slice(0, HASH_CHARACTERS);
  return `${name.slice(0, MAX_NAME - HASH_CHARACTERS - 1).replace(/[^a-z0-9]+$/, '')}-${hash}`;
}

/** What a pod is made of. */
export interface PodPlan {
  readonly node: NodeSnapshot;
  readonly claim: ClaimKey & Partial<Claim>;
  readonly onNode: OnNode;
  readonly command: NodeCommand;
  /** Milliseconds; 0 = no limit. */
  readonly timeoutMs: number;
  /** How long it has after SIGTERM when its time is over, in ms. */
  readonly killAfterMs: number;
}

/** What our objects for a node are called, and that they go with it. */
export function metadataFor({ node, claim, onNode, command }: Pick<PodPlan, 'node' | 'claim' | 'onNode' | 'command'>) {
  const { name, uid } = node.facts;
  return {
    name: podNameFor(name),
    namespace: onNode.namespace,
    labels: { 'app.kubernetes.io/managed-by': 'kubectl-maint', [RUN_LABEL]: runLabelOf(claim.id ?? '') },
    annotations: {
      [OWNER_ANNOTATION]: clean(claim.owner, MAX_TEXT),
      'kubectl-maint.io/command': clean(shellLine([command.program, ...command.args]), MAX_TEXT),
    },
    ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name, uid }],
  };
}

/**
 * The pod that carries a command out on a node. It names its node and tolerates everything, as the node is cordoned; it has
 * no credentials, is never begun again, and asks for next to nothing: a drained node has room.
 */
export function podFor(plan: PodPlan): Written<V1Pod> {
  const { node, onNode, timeoutMs, killAfterMs } = plan;
  const { profile, script } = onNode;
  const metadata = metadataFor(plan);
  const volumes = [
    ...(profile === 'sysadmin' ? [{ name: 'host', hostPath: { path: '/', type: 'Directory' } }] : []),
    ...(script === undefined ? [] : [{ name: 'script', configMap: { name: metadata.name, defaultMode: 0o755 } }]),
  ];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: {
      nodeName: node.facts.name,
      tolerations: [{ operator: 'Exists' }],
      restartPolicy: 'Never',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_S,
      // A pod whose run was killed ends by itself, where its command may not take for ever.
      ...(timeoutMs > 0 && { activeDeadlineSeconds: Math.ceil((START_MS + timeoutMs + 2 * killAfterMs) / 1000) }),
      ...(profile === 'baseline' ? {} : { hostNetwork: true, dnsPolicy: 'Default' }),
      // Elsewhere the first process of a container ignores SIGTERM unless it says otherwise.
      ...(profile === 'sysadmin' ? { hostPID: true } : { shareProcessNamespace: true }),
      containers: [containerFor(plan)],
      volumes,
    },
  };
}

function containerFor({ node, claim, onNode, command }: PodPlan): Written<V1Container> {
  const { image, profile, script } = onNode;
  const isHost = profile === 'sysadmin';
  const words = [...(isHost ? ['chroot', HOST] : []), command.program, ...command.args];
  const own = commandEnvironment(isHost ? HOST_ENVIRONMENT : {}, node, claim);
  return {
    name: CONTAINER,
    image,
    imagePullPolicy: 'IfNotPresent',
    command: words.map(asIs),
    env: Object.entries(own).map(([name, value = '']) => ({ name, value: asIs(value) })),
    resources: { requests: { cpu: '10m', memory: '16Mi' } },
    securityContext: SECURITY[profile],
    volumeMounts: [
      ...(isHost ? [{ name: 'host', mountPath: HOST }] : []),
      ...(script === undefined ? [] : [{ name: 'script', mountPath: `${isHost ? HOST : ''}${SCRIPT_FOLDER}` }]),
    ],
  };
}

/** systemctl does nothing at all where it takes itself to be in a chroot: the host's own is what is meant (systemd, ENVIRONMENT.md). */
const HOST_ENVIRONMENT = { PATH: HOST_PATH, HOME: '/root', SYSTEMD_IGNORE_CHROOT: '1' };

const SECURITY: Readonly<Record<Profile, Written<V1SecurityContext>>> = {
  sysadmin: { privileged: true, runAsUser: 0, runAsGroup: 0 },
  netadmin: { runAsUser: 0, capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } },
  baseline: { allowPrivilegeEscalation: false },
};

/** A word that the kubelet takes as it is: it makes `$` of `$$`, and puts variables in for `$(NAME)` (k8s third_party/forked/golang/expansion). */
function asIs(word: string): string {
  return word.replaceAll('$', '$$$$');
}

/** Why a node cannot run such a pod; undefined: it can. */
export function whyNoPod({ raw }: NodeSnapshot): string | undefined {
  const os =
    textAt(raw, 'status', 'nodeInfo', 'operatingSystem') ?? textAt(raw, 'metadata', 'labels', 'kubernetes.io/os');
  if (os === undefined || os === '' || os === 'linux') return undefined;
  return `it runs ${clean(os, MAX_TEXT)}, where there is no host's root to go into: run the command from here`;
}
