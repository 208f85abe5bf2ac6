import { expect, test } from 'vitest';
import {
  parseRecord,
  renderRecord,
  renderRun,
  runLabelOf,
  runClaims,
  withClaim,
  withRunStep,
  type Claim,
  type MaintenanceRecord,
} from '../../../shared/index.ts';

const run = { id: '0f7a', number: 3, of: 12, step: 'draining' };
const claim: Claim = { owner: 'ana', id: 'c1', mode: 'drain', since: '2026-01-05T22:00:00Z', run };
const other: Claim = { owner: 'bo', id: 'c2', mode: 'cordon', since: '2026-01-05T22:00:00Z' };
const record: MaintenanceRecord = {
  version: 1,
  claims: [claim, other],
  before: { cordoned: false },
  exceptions: [],
  initiatedAt: '2026-01-05T22:00:00Z',
};

test('a run stands in the record, and is read back', () => {
  expect(parseRecord(renderRecord(record))).toEqual({ ok: true, value: record });
});

test.each<[string, object, string]>([
  ['an id that is too long', { ...run, id: 'x'.repeat(65) }, 'claims.0.run.id'],
  ['a step that is too long', { ...run, step: 'x'.repeat(33) }, 'claims.0.run.step'],
  ['a place that is none', { ...run, number: 0 }, 'claims.0.run.number'],
  ['words instead of a run', { ...run, of: 'many' }, 'claims.0.run.of'],
])('%s is refused: a record has its bounds', (_, bad, path) => {
  const read = parseRecord(JSON.stringify({ ...record, claims: [{ ...claim, run: bad }] }));
  expect(read).toMatchObject({ ok: false, problems: [{ path }] });
});

test('a step is written for its own claim alone', () => {
  const stepped = withRunStep(record, claim, 'rebooting');
  expect(stepped.claims).toEqual([{ ...claim, run: { ...run, step: 'rebooting' } }, other]);
  expect(withRunStep(record, { owner: 'ana', id: 'c9' }, 'stopped')).toEqual(record);
});

test('a run that has stopped has the node no more; one that says nothing has it', () => {
  expect(runClaims(record)).toEqual([claim]);
  expect(runClaims(withRunStep(record, claim, 'stopped'))).toEqual([]);
});

test('whoever takes the node anew does so without the run of before; a change of the same claim keeps it', () => {
  const { run: _, ...without } = claim;
  const taken = withClaim(record, { ...without, id: 'c3' }, record.before);
  expect(taken.claims.find(({ owner }) => owner === 'ana')).not.toHaveProperty('run');
  const changed = withClaim(record, { ...without, reason: 'longer' }, record.before);
  expect(changed.claims.find(({ owner }) => owner === 'ana')).toMatchObject({ reason: 'longer', run });
});

test('it is told as a place and a step; a node on its way back says so itself', () => {
  expect(renderRun({ ...run, step: 'rebooting' }, 'complete')).toBe('3 of 12: rebooting');
  expect(renderRun({ ...run, step: 'running' }, 'returning')).toBe('3 of 12: returning');
  expect(renderRun({ ...run, step: 'stopped' }, 'returning')).toBe('3 of 12: stopped');
  expect([runLabelOf('a-b'), runLabelOf('night/a-b'), runLabelOf('')]).toEqual(['a-b', 'a-b', '']);
});
