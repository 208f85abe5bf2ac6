import { describe, expect, test } from 'vitest';
import type { Authority } from '../../../webhook/tls/authority.ts';
import { AUTHORITY_LIFE_MS, LEAF_LIFE_MS } from '../../../webhook/tls/issue.ts';
import {
  afterStep,
  dueStep,
  PRUNE_AFTER_MS,
  TRUSTED_MS,
  trustedIn,
  type AuthoritySet,
  type Step,
} from '../../../webhook/controller/certificates/rotation.ts';
import { renewalOf } from '../../../webhook/tls/source.ts';

const START = Date.parse('2026-01-05T22:10:00Z');
const authority = (certificate: string, since = START): Authority => ({
  certificate,
  key: `key of ${certificate}`,
  notBefore: since,
  notAfter: since + AUTHORITY_LIFE_MS,
});
const A = authority('a');
const B = authority('b', renewalOf(A));
const authorities = (fields: Partial<AuthoritySet> = {}): AuthoritySet => ({
  current: A,
  next: undefined,
  old: undefined,
  steppedAt: START,
  ...fields,
});
const DUE = renewalOf(A);

interface Moment {
  readonly now: number;
  /** Since when API servers trust every certificate; undefined: they do not. */
  readonly trustedSince?: number;
}

test.each<[string, AuthoritySet, Moment, Step | undefined]>([
  ['a young authority signs on', authorities(), { now: DUE - 1 }, undefined],
  ['at two thirds of its life it gets a successor', authorities(), { now: DUE }, 'prepare'],
  ['a successor that nobody trusts yet does not sign', authorities({ next: B }), { now: DUE + TRUSTED_MS }, undefined],
  [
    'nor one that is trusted only now',
    authorities({ next: B }),
    { now: DUE + TRUSTED_MS, trustedSince: DUE + 1 },
    undefined,
  ],
  [
    'after a minute of trust it does',
    authorities({ next: B }),
    { now: DUE + TRUSTED_MS, trustedSince: DUE },
    'promote',
  ],
  ['it does at once where the other has expired', authorities({ next: B }), { now: A.notAfter }, 'promote'],
  [
    'the old one stays while it may have signed what is served',
    authorities({ current: B, old: 'a', steppedAt: DUE }),
    { now: DUE + PRUNE_AFTER_MS - 1 },
    undefined,
  ],
  ['and goes then', authorities({ current: B, old: 'a', steppedAt: DUE }), { now: DUE + PRUNE_AFTER_MS }, 'prune'],
  ['one that expired while nobody looked is replaced', authorities(), { now: A.notAfter }, 'replace'],
])('%s', (_what, given, { now, trustedSince }, step) => {
  expect(dueStep(given, now, { trustedSince: () => trustedSince })).toBe(step);
});

describe('a whole rotation', () => {
  const issue = () => Promise.resolve(B);

  test('overlaps: what may be served is always trusted', async () => {
    const prepared = await afterStep(authorities(), 'prepare', DUE, issue);
    expect(trustedIn(prepared)).toEqual(['a', 'b']);
    expect(prepared.current).toBe(A);
    const promoted = await afterStep(prepared, 'promote', DUE + TRUSTED_MS, issue);
    expect(trustedIn(promoted)).toEqual(['b', 'a']);
    expect(promoted).toEqual({ current: B, next: undefined, old: 'a', steppedAt: DUE + TRUSTED_MS });
    const pruned = await afterStep(promoted, 'prune', DUE + TRUSTED_MS + PRUNE_AFTER_MS, issue);
    expect(trustedIn(pruned)).toEqual(['b']);
  });

  test('what the old authority has signed is dead when it goes', () => {
    expect(PRUNE_AFTER_MS).toBeGreaterThanOrEqual(LEAF_LIFE_MS);
  });

  test('a replacement leaves nothing behind', async () => {
    expect(await afterStep(authorities({ old: 'x' }), 'replace', A.notAfter, issue)).toEqual({
      current: B,
      next: undefined,
      old: undefined,
      steppedAt: A.notAfter,
    });
  });
});
