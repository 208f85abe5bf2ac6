import { at, textAt } from '../facts/json.ts';

/** A kind of run whose pods are steps of a pipeline. */
interface Run {
  /** As it is read, `group/version/resource`, in the version that every release serves since 2023 (Tekton v0.44 brought v1). */
  readonly resource: string;
  /** Whether its controller gives a pod that name, as far as the run tells. */
  names(pod: string, run: string, object: unknown): boolean;
}

/** By `group/Kind`. A Tekton PipelineRun is none of them: its TaskRuns make the pods. */
const RUNS: ReadonlyMap<string, Run> = new Map<string, Run>([
  [
    'actions.github.com/EphemeralRunner',
    // The pod has the runner's own name (actions-runner-controller, newEphemeralRunnerPod).
    { resource: 'actions.github.com/v1alpha1/ephemeralrunners', names: (pod, run) => pod === run },
  ],
  // WORKFLOW-TEMPLATE-HASH, WORKFLOW-HASH or the workflow's own name (workflow/util GeneratePodName).
  ['argoproj.io/Workflow', { resource: 'argoproj.io/v1alpha1/workflows', names: beginsWith }],
  // Whatever its controller takes; by custom the run's name stands first.
  ['tekton.dev/CustomRun', { resource: 'tekton.dev/v1beta1/customruns', names: beginsWith }],
  ['tekton.dev/TaskRun', { resource: 'tekton.dev/v1/taskruns', names: isPodOfTaskRun }],
]);

/** Owners whose pods are steps of a pipeline, as `group/Kind`: what runs in one works on what is built, whatever the program. */
export const PIPELINES: readonly string[] = [...RUNS.keys()];

/** What is read to find such an owner, as `group/version/resource`. */
export const PIPELINE_RESOURCES: readonly string[] = [...RUNS.values()].map(({ resource }) => resource);

/** The same for one kind; undefined for others. */
export function pipelineResource(groupKind: string): string | undefined {
  return RUNS.get(groupKind)?.resource;
}

/**
 * Whether a run may have made a pod, by what it says of itself: it is not over, and the pod has a name that the run's
 * controller gives. A pod's name is taken once, so a run that has its pod has no other.
 */
export function mayHaveMade(groupKind: string, run: unknown, pod: string): boolean {
  const kind = RUNS.get(groupKind);
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
