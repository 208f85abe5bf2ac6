import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';

/** The stages in use, as paths below kustomize/stage of KWOK's module. */
export const STAGE_FILES: readonly string[] = [
  'node/fast/node-initialize.yaml',
  'node/heartbeat-with-lease/node-heartbeat-with-lease.yaml',
  'pod/fast/pod-ready.yaml',
  'pod/fast/pod-complete.yaml',
  'pod/fast/pod-delete.yaml',
];

/** The name of a stage's file in the cache folder. */
export function stageFileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** How long fake pods take, in milliseconds: from bound to ready, from asked to go to gone, a Job's pod from ready to done. */
export interface PodTimes {
  readonly readyMs: number;
  readonly goneMs: number;
  readonly jobMs: number;
}

/** KWOK's own 4 at a time would be what a fast drain is measured by; 32 is what our clients use. */
const KWOK_OPTIONS = `apiVersion: config.kwok.x-k8s.io/v1alpha1
kind: KwokConfiguration
options:
  nodeLeaseParallelism: 32
  nodePlayStageParallelism: 32
  podPlayStageParallelism: 32
`;

const StageName = z.object({ metadata: z.object({ name: z.string() }) });

/**
 * The configuration file for KWOK: its stages with our delays. A pod that should take another time than the rest says so
 * with an annotation, `pod-ready.stage.kwok.x-k8s.io/delay: 5s` (or `pod-delete`, `pod-complete`).
 */
export async function kwokConfig(stagesFolder: string, times: PodTimes): Promise<string> {
  const texts = await Promise.all(STAGE_FILES.map((path) => readFile(join(stagesFolder, stageFileName(path)), 'utf8')));
  return [KWOK_OPTIONS, ...texts.map((text) => stageWithDelay(text, times))].join('---\n');
}

/** One stage, as text, with the delay of its pods set; stages of nodes stay as they are. */
export function stageWithDelay(text: string, times: PodTimes): string {
  const stage = parseDocument(text);
  const { name } = StageName.parse(stage.toJS()).metadata;
  const milliseconds = new Map([
    ['pod-ready', times.readyMs],
    ['pod-delete', times.goneMs],
    ['pod-complete', times.jobMs],
  ]).get(name);
  if (milliseconds !== undefined) {
    const expressionFrom = `.metadata.annotations["${name}.stage.kwok.x-k8s.io/delay"]`;
    stage.setIn(['spec', 'delay'], { durationMilliseconds: milliseconds, durationFrom: { expressionFrom } });
  }
  return stage.toString();
}
