/** Every fixture through the policy itself: by the nodes alone, and with live reads. */
import { expect, test } from 'vitest';
import {
  answersFromCluster,
  CATALOGUE,
  creationOf,
  decide,
  evaluate,
  NO_ANSWERS,
  nodeFromObject,
  NodeTable,
  RULES,
  requestFromReview,
  TOOLS,
  type ReviewRequest,
  type Verdict,
} from '../../../../shared/index.ts';
import { classify } from '../../../../shared/targets/classify.ts';
import type { WorkPattern } from '../../../../shared/targets/tool.ts';
import { ALWAYS_ALLOWED, readFixtures, type Fixture } from '../../../support/fixtures.ts';
import { FixtureCluster } from '../../doors/fixture-cluster.ts';

const NOW = Date.parse('2026-01-06T08:00:00Z');
const fixtures = readFixtures();

function requestOf({ object, isReview }: Fixture): ReviewRequest {
  if (!isReview) return creationOf(object);
  const review = requestFromReview(object);
  if (!review.ok) throw new Error(JSON.stringify(review.problems));
  return review.value;
}

function situationOf({ nodes, config }: Fixture, live: boolean) {
  const nodeIndex = new NodeTable(nodes.map(nodeFromObject).filter((node) => node !== undefined));
  return { now: NOW, nodeIndex, config, catalogue: CATALOGUE, answers: NO_ANSWERS, live };
}

function shown({ decision, work, tool, nodes, findings }: Verdict) {
  return { decision, work, tool, nodes, reasons: findings.map(({ reason }) => reason) };
}

test.each(fixtures.filter(({ isOffline }) => isOffline))('$name, by the nodes alone', (fixture) => {
  const verdict = evaluate(requestOf(fixture), situationOf(fixture, false));
  expect(shown(verdict)).toEqual({ decision: fixture.decision, ...fixture.expect });
});

function liveVerdict(fixture: Fixture): Promise<Verdict> {
  const fetch = answersFromCluster(new FixtureCluster(fixture), new AbortController().signal);
  return decide(requestOf(fixture), situationOf(fixture, true), fetch);
}

test.each(fixtures)('$name, with live reads', async (fixture) => {
  const verdict = await liveVerdict(fixture);
  expect(shown(verdict)).toEqual({ decision: fixture.decision, ...fixture.expect });
  expect(verdict.needs).toEqual([]);
});

test('every folder is a rule', () => {
  const folders = new Set(fixtures.map(({ folder }) => folder));
  expect([...folders].sort()).toEqual([...RULES.map(({ id }) => id), ALWAYS_ALLOWED].sort());
});

test.each(RULES)('rule $id has cases that it denies, cases that it allows, and denies by itself', async ({ id }) => {
  const decisions = fixtures.filter(({ folder }) => folder === id).map(({ decision }) => decision);
  expect(decisions).toEqual(expect.arrayContaining(['allow', 'deny']));
  for (const fixture of fixtures.filter(({ folder, decision }) => folder === id && decision === 'deny')) {
    const { findings } = await liveVerdict(fixture);
    expect([fixture.name, findings.filter(({ decision }) => decision === 'deny').map(({ rule }) => rule)]).toEqual([
      fixture.name,
      [id],
    ]);
  }
});

// What only makes runs by the clock, or records them, is never denied: such a tool has no case that is.
const workers = TOOLS.filter(({ patterns }) => patterns.some(({ role }) => role !== 'schedule'));

test.each(workers)('tool $id has cases of its work that are denied and cases that are allowed', ({ id, patterns }) => {
  const [work] = patterns.map((pattern) => pattern.work);
  const cases = fixtures.filter(({ expect: { tool, ...wanted } }) => tool === id && wanted.work === work);
  expect(cases.map(({ decision }) => decision)).toEqual(expect.arrayContaining(['allow', 'deny']));
});

test.each(TOOLS.filter(({ delivers }) => delivers !== undefined))(
  'tool $id has a case of what it delivers',
  ({ id }) => {
    expect(fixtures.filter(({ folder, expect: { tool } }) => folder === 'addon' && tool === id)).not.toEqual([]);
  },
);

const decided = new Set(fixtures.map(requestOf).map(patternOf));

test.each(CATALOGUE.patterns)('$tool: $pattern.what ($pattern.role, strength $strength) has a case', ({ pattern }) => {
  expect(decided).toContain(pattern);
});

test('every case names a tool of the registry', () => {
  const tools = new Set<string | null>([...TOOLS.map(({ id }) => id), 'labelled', 'daemonset', null]);
  expect(fixtures.filter(({ expect: { tool } }) => !tools.has(tool)).map(({ name }) => name)).toEqual([]);
});

function patternOf({ object, oldObject, user }: ReviewRequest): WorkPattern | undefined {
  const found = object ?? oldObject;
  return found && classify(found, CATALOGUE, user.name).pattern;
}
