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
import { ALWAYS_ALLOWED, readFixtures, type Fixture } from '../../../support/fixtures.ts';
import { ToldCluster } from '../../webhook/world.ts';

const NOW = Date.parse('2026-01-06T08:00:00Z');
const fixtures = readFixtures();

function requestOf({ object, isReview }: Fixture): ReviewRequest {
  if (!isReview) return creationOf(object);
  const review = requestFromReview(object);
  if (!review.ok) throw new Error(JSON.stringify(review.problems));
  return review.value;
}

function situationOf({ nodes, config }: Fixture, live: boolean) {
  const field = new NodeTable(nodes.map(nodeFromObject).filter((node) => node !== undefined));
  return { now: NOW, field, config, catalogue: CATALOGUE, answers: NO_ANSWERS, live };
}

function shown({ decision, work, tool, nodes, findings }: Verdict) {
  return { decision, work, tool, nodes, reasons: findings.map(({ reason }) => reason) };
}

test.each(fixtures)('$name, by the nodes alone', (fixture) => {
  const verdict = evaluate(requestOf(fixture), situationOf(fixture, false));
  expect(shown(verdict)).toEqual({ decision: fixture.decision, ...fixture.expect });
});

test.each(fixtures)('$name, with live reads', async (fixture) => {
  const fetch = answersFromCluster(new ToldCluster(...fixture.nodes), new AbortController().signal);
  const verdict = await decide(requestOf(fixture), situationOf(fixture, true), fetch);
  expect(shown(verdict)).toEqual({ decision: fixture.decision, ...fixture.expect });
  expect(verdict.needs).toEqual([]);
});

test('every folder is a rule', () => {
  const folders = new Set(fixtures.map(({ folder }) => folder));
  expect([...folders].sort()).toEqual([...RULES.map(({ id }) => id), ALWAYS_ALLOWED].sort());
});

test.each(RULES)('rule $id has cases that it denies, cases that it allows, and denies by itself', ({ id }) => {
  const decisions = fixtures.filter(({ folder }) => folder === id).map(({ decision }) => decision);
  expect(decisions).toEqual(expect.arrayContaining(['allow', 'deny']));
  for (const fixture of fixtures.filter(({ folder, decision }) => folder === id && decision === 'deny')) {
    const { findings } = evaluate(requestOf(fixture), situationOf(fixture, false));
    expect([fixture.name, findings.filter(({ decision }) => decision === 'deny').map(({ rule }) => rule)]).toEqual([
      fixture.name,
      [id],
    ]);
  }
});

test.each(TOOLS)('tool $id has cases that are denied and cases that are allowed', ({ id }) => {
  const decisions = fixtures.filter(({ expect: { tool } }) => tool === id).map(({ decision }) => decision);
  expect(decisions).toEqual(expect.arrayContaining(['allow', 'deny']));
});

test.each(CATALOGUE)('the pattern of $tool for $pattern.what, strength $strength, has a case', ({ pattern }) => {
  const cases = fixtures.filter((fixture) => {
    const { object, oldObject } = requestOf(fixture);
    const found = object ?? oldObject;
    return found !== undefined && classify(found, CATALOGUE).pattern === pattern;
  });
  expect(cases).not.toEqual([]);
});

test('every case names a tool of the registry', () => {
  const tools = new Set<string | null>([...TOOLS.map(({ id }) => id), 'labelled', 'daemonset', null]);
  expect(fixtures.filter(({ expect: { tool } }) => !tools.has(tool)).map(({ name }) => name)).toEqual([]);
});
