/**
 * Owners whose pods are steps of a pipeline, as `group/Kind`, with the resource that is read to find out whether such an
 * owner is there: in the version that every release serves since 2023 (Tekton v0.44 brought v1).
 */
const RESOURCES: ReadonlyMap<string, string> = new Map([
  ['actions.github.com/EphemeralRunner', 'actions.github.com/v1alpha1/ephemeralrunners'],
  ['argoproj.io/Workflow', 'argoproj.io/v1alpha1/workflows'],
  ['tekton.dev/CustomRun', 'tekton.dev/v1beta1/customruns'],
  ['tekton.dev/PipelineRun', 'tekton.dev/v1/pipelineruns'],
  ['tekton.dev/TaskRun', 'tekton.dev/v1/taskruns'],
]);

/** Owners whose pods are steps of a pipeline: what runs in one works on what is built, whatever the program. */
export const PIPELINES: readonly string[] = [...RESOURCES.keys()];

/** What is read to find such an owner, as `group/version/resource`. */
export const PIPELINE_RESOURCES: readonly string[] = [...RESOURCES.values()];

/** The same for one kind; undefined for others. */
export function pipelineResource(groupKind: string): string | undefined {
  return RESOURCES.get(groupKind);
}
