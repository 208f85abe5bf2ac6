import { describe, expect, test } from 'vitest';
import { missingRights, renderRight, type Right } from '../../../../plugin/preflight/rights.ts';
import type { ApiAnswer } from '../../../../shared/index.ts';
import { answer, failure, ToldCluster } from '../world.ts';

const RULES = '/apis/authorization.k8s.io/v1/selfsubjectrulesreviews';
const ACCESS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';

const PATCH_NODE: Right = { verb: 'patch', group: '', resource: 'nodes', subresource: '', namespace: '', name: 'n1' };
const EVICT: Right = {
  verb: 'create',
  group: '',
  resource: 'pods',
  subresource: 'eviction',
  namespace: 'shop',
  name: '',
};
const DELETE: Right = { ...EVICT, verb: 'delete', subresource: '' };

test.each([
  [PATCH_NODE, 'patch nodes/n1'],
  [EVICT, 'create pods/eviction in namespace shop'],
  [DELETE, 'delete pods in namespace shop'],
  [{ ...EVICT, name: 'web-0' }, 'create pods/eviction/web-0 in namespace shop'],
  [{ ...DELETE, namespace: '' }, 'delete pods'],
])('%j is told as "%s"', (right, text) => {
  expect(renderRight(right)).toBe(text);
});

interface Rule {
  readonly verbs?: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
}

const EVERYTHING: Rule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };
const rulesOf = (...resourceRules: readonly Rule[]) => answer(201, { status: { resourceRules } });

/** A cluster that says which rules the caller has, and to each right on its own whether it is allowed. */
function clusterWith(rules: ApiAnswer, access: ApiAnswer): ToldCluster {
  const cluster = new ToldCluster();
  cluster.say = ({ path }) => (path === RULES ? rules : access);
  return cluster;
}

const allowed = (is: unknown) => answer(201, { status: { allowed: is } });

describe('one question tells what a ClusterRole gives', () => {
  test.each<[what: string, rule: Rule, right: Right, given: boolean]>([
    ['everything', EVERYTHING, EVICT, true],
    ['just this', { verbs: ['create'], apiGroups: [''], resources: ['pods/eviction'] }, EVICT, true],
    [
      'this among others',
      { verbs: ['get', 'patch'], apiGroups: ['apps', ''], resources: ['pods', 'nodes'] },
      PATCH_NODE,
      true,
    ],
    ['another verb', { ...EVERYTHING, verbs: ['get', 'list'] }, EVICT, false],
    ['another group', { ...EVERYTHING, apiGroups: ['apps'] }, EVICT, false],
    ['another resource', { ...EVERYTHING, resources: ['nodes'] }, EVICT, false],
    ['a resource without its subresource', { ...EVERYTHING, resources: ['pods'] }, EVICT, false],
    ['the subresource of every resource', { ...EVERYTHING, resources: ['*/eviction'] }, EVICT, true],
    ['another subresource of every resource', { ...EVERYTHING, resources: ['*/status'] }, EVICT, false],
    ['a subresource where the resource is wanted', { ...EVERYTHING, resources: ['pods/eviction'] }, DELETE, false],
    ['this name', { ...EVERYTHING, resourceNames: ['n0', 'n1'] }, PATCH_NODE, true],
    ['another name', { ...EVERYTHING, resourceNames: ['n0'] }, PATCH_NODE, false],
    ['some names where all are wanted', { ...EVERYTHING, resourceNames: ['web-0'] }, EVICT, false],
    ['a rule without verbs', { apiGroups: ['*'], resources: ['*'] }, EVICT, false],
  ])('%s', async (_what, rule, right, given) => {
    const cluster = clusterWith(rulesOf({}, rule), allowed(false));
    expect(await missingRights([right], cluster)).toEqual(given ? [] : [right]);
    expect(cluster.requests.map(({ path }) => path)).toEqual(given ? [RULES] : [RULES, ACCESS]);
  });

  test('which is asked in a namespace that cannot exist', async () => {
    const cluster = clusterWith(rulesOf(EVERYTHING), allowed(false));
    await missingRights([EVICT], cluster);
    expect(cluster.requests).toEqual([
      {
        method: 'POST',
        path: RULES,
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectRulesReview',
          spec: { namespace: 'kubectl-maint.rights' },
        },
      },
    ]);
  });
});

describe('what the rules do not show is asked for one by one', () => {
  test.each<[what: string, rules: ApiAnswer, access: ApiAnswer, missing: boolean]>([
    ['allowed', rulesOf(), allowed(true), false],
    ['not allowed', rulesOf(), allowed(false), true],
    ['an answer that does not say so', rulesOf(), answer(201, {}), true],
    ['an answer that says it in words', rulesOf(), allowed('true'), true],
    ['no answer counts as given', rulesOf(), failure(403, 'no'), false],
    ['a redirection is no answer', rulesOf(), answer(300, { status: { allowed: false } }), false],
    ['rules that may not be asked for', failure(403, 'no'), allowed(false), true],
    ['rules in an answer that is none', answer(300, rulesOf(EVERYTHING).body), allowed(false), true],
    ['rules that are none', answer(201, { status: { resourceRules: 'all' } }), allowed(false), true],
    ['neither can be asked for', failure(500, 'no'), failure(500, 'no'), false],
  ])('%s', async (_what, rules, access, missing) => {
    expect(await missingRights([EVICT], clusterWith(rules, access))).toEqual(missing ? [EVICT] : []);
  });

  test('each as it is, in the order wanted', async () => {
    const cluster = new ToldCluster();
    const rules = rulesOf({ verbs: ['patch'], apiGroups: [''], resources: ['nodes'] });
    cluster.say = ({ path }, count) => (path === RULES ? rules : allowed(count === 3));
    const zoo = { ...EVICT, namespace: 'zoo' };
    expect(await missingRights([EVICT, PATCH_NODE, DELETE, zoo], cluster)).toEqual([EVICT, zoo]);
    expect(cluster.requests.slice(1)).toEqual(
      [EVICT, DELETE, zoo].map((resourceAttributes) => ({
        method: 'POST',
        path: ACCESS,
        body: {
          apiVersion: 'authorization.k8s.io/v1',
          kind: 'SelfSubjectAccessReview',
          spec: { resourceAttributes },
        },
      })),
    );
  });

  test('an API server that is away is no answer at all', async () => {
    const cluster = new ToldCluster();
    cluster.say = () => Promise.reject(new Error('away'));
    await expect(missingRights([EVICT], cluster)).rejects.toThrow('away');
  });
});
