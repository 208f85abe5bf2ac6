import { at, textAt } from '../facts/json.ts';
import { kindsOf, resourceIn, type Kind, type ServedKind } from '../kinds.ts';

/** A kind of run whose pods are steps of a pipeline. */
interface PipelineRun {
  readonly kind: ServedKind;
  /** In which it is read: every release serves it since 2023 (Tekton v0.44 brought v1). */
  readonly version: string;
  /** Whether its controller gives a pod that name, as far as the run tells. */
  names(pod: string, run: string, object: unknown): boolean;
}

const ACTIONS = kindsOf('actions.github.com', { EphemeralRunner: 'ephemeralrunners' });
const ARGO = kindsOf('argoproj.io', { Workflow: 'workflows' });
const TEKTON = kindsOf('tekton.dev', { CustomRun: 'customruns', TaskRun: 'taskruns' });

/** A Tekton PipelineRun is none of them: its TaskRuns make the pods. */
const PIPELINE_RUNS: readonly PipelineRun[] = [
  // The pod has the runner's own name (actions-runner-controller, newEphemeralRunnerPod).
  { kind: ACTIONS.EphemeralRunner, version: 'v1alpha1', names: (pod, run) => pod === run },
  // WORKFLOW-TEMPLATE-HASH, WORKFLOW-HASH or the workflow's own name (workflow/util GeneratePodName).
  { kind: ARGO.Workflow, version: 'v1alpha1', names: beginsWith },
  // Whatever its controller takes; by custom the run's name stands first.
  { kind: TEKTON.CustomRun, version: 'v1beta1', names: beginsWith },
  { kind: TEKTON.TaskRun, version: 'v1', names: isPodOfTaskRun },
];

/** Owners whose pods are steps of a pipeline: what runs in one works on what is built, whatever the program. */
export const PIPELINES: readonly Kind[] = PIPELINE_RUNS.map(({ kind }) => kind);

/** What is read to find such an owner, as `group/version/resource`. */
export const PIPELINE_RESOURCES: readonly string[] = PIPELINE_RUNS.map(({ kind, version }) =>
  resourceIn(kind, version),
);

/** The same for one kind, given as `group/Kind`; undefined for others. */
export function pipelineResource(groupKind: string): string | undefined {
  const run = runOf(groupKind);
  return run && resourceIn(run.kind, run.version);
}

function runOf(groupKind: string): PipelineRun | undefined {
  return PIPELINE_RUNS.find(({ kind }) => kind.groupKind === groupKind);
}

/**
 * Whether a run may have made a pod, by what it says of itself: it is not over, and the pod has a name that the run's
 * controller gives. A pod's name is taken once, so a run that has its pod has no other.
 */
export function mayHaveMade(groupKind: string, run: unknown, pod: string): boolean {
  const kind = runOf(groupKind);
  const name = textAt(run, 'metadata', 'name') ?? '';
  return kind !== undefined && name !== '' && !isOver(run) && kind.names(pod, name, run);
}

const OVER = ['Succeeded', 'Failed', 'Error'];

/** By what any of them writes into itself when nothing more of it will run. */
function isOver(run: unknown): boolean {
  const times = [
    at(run, 'metadata', 'deletionTimestamp'),
    at(run, 'status', 'completionTime'),
    at(run, 'status', 'finishedAt'),
  ];
  return times.some((time) => time != null) || OVER.includes(textAt(run, 'status', 'phase') ?? '');
}

function beginsWith(pod: string, run: string): boolean {
  return pod === run || pod.startsWith(`${run}-`);
}

/** Longest name that Tekton gives a pod, and how much of it a hash leaves (knative.dev/pkg kmeta.ChildName). */
const LONGEST = 63;
const BEFORE_HASH = 31;

/** `RUN-pod`, `RUN-pod-retry2`, a long name cut (tektoncd/pipeline pkg/pod); what is written in the run's status counts alone. */
function isPodOfTaskRun(pod: string, run: string, object: unknown): boolean {
  const written = textAt(object, 'status', 'podName') ?? '';
  if (written !== '') return pod === written;
  const suffix = /-pod(?:-retry\d+)?$/.exec(pod)?.[0];
  if (suffix === undefined) return false;
  const own = pod.slice(0, -suffix.length);
  const isCut = run.length + suffix.length > LONGEST;
  return isCut ? own.startsWith(run.slice(0, BEFORE_HASH - suffix.length)) : own === run;
}
