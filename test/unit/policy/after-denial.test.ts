import { expect, test } from 'vitest';
import { workFromObject } from '../../../shared/facts/work.ts';
import { afterDenialOf } from '../../../shared/policy/after-denial.ts';
import type { AfterDenial, WorkPattern } from '../../../shared/targets/tool.ts';

const PATTERN: WorkPattern = {
  work: 'backup',
  what: 'dump',
  role: 'leaf',
  match: { images: ['dumper'] },
  node: { in: 'pods' },
  afterDenial: 'failed',
};

/** An object of some kind with an owner; each kind as apiVersion and kind. */
function owned([apiVersion, kind]: readonly [string, string], owner?: readonly [string, string], controller = true) {
  const ownerReferences = owner && [{ apiVersion: owner[0], kind: owner[1], name: 'o', uid: 'u', controller }];
  return workFromObject({ apiVersion, kind, metadata: { name: 'x', ownerReferences } });
}

const JOB = ['batch/v1', 'Job'] as const;
const POD = ['v1', 'Pod'] as const;
const CRON_JOB = ['batch/v1', 'CronJob'] as const;

test.each<[what: string, object: ReturnType<typeof owned>, expected: AfterDenial]>([
  ['the pod of a Job is made again', owned(POD, JOB), 'retried'],
  ['the latest Job of a CronJob is made up for', owned(JOB, CRON_JOB), 'resumed'],
  ['a Job by hand is what its tool says', owned(JOB), 'failed'],
  ['a pod by hand is what its tool says', owned(POD), 'failed'],
  ['the pod of a ReplicaSet is what its tool says', owned(POD, ['apps/v1', 'ReplicaSet']), 'failed'],
  ['a Job of some other CronJob is what its tool says', owned(JOB, ['example.com/v1', 'CronJob']), 'failed'],
  ['an owner that is no controller makes nothing', owned(JOB, CRON_JOB, false), 'failed'],
])('%s', (_, object, expected) => {
  expect(afterDenialOf(object, PATTERN)).toBe(expected);
  expect(afterDenialOf(object, undefined)).toBeUndefined();
});
