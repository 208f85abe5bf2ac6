import fc from 'fast-check';
import { HOSTNAME_LABEL, STATE_LABEL, UNSCHEDULABLE_TAINT } from '../../../shared/labels.ts';
import { SCENES } from './cluster-nodes.ts';

interface Expression {
  readonly key: string;
  readonly operator: string;
  readonly values?: readonly string[];
}

/** One alternative of a node affinity, as the API takes it. */
export interface Term {
  readonly matchExpressions?: readonly Expression[];
  readonly matchFields?: readonly Expression[];
}

/** The part of a pod spec that decides where the pod may run, as the API takes it. */
export interface PlacedSpec {
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: {
    readonly nodeAffinity: {
      readonly requiredDuringSchedulingIgnoredDuringExecution: { readonly nodeSelectorTerms: readonly Term[] };
      readonly preferredDuringSchedulingIgnoredDuringExecution?: readonly object[];
    };
  };
  readonly tolerations?: readonly object[];
}

/** The required alternatives of a spec; undefined where it has no required affinity. */
export function termsOf(spec: PlacedSpec): readonly Term[] | undefined {
  return spec.affinity?.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
}

/** The same spec with other required alternatives. */
export function withTerms(spec: PlacedSpec, nodeSelectorTerms: readonly Term[]): PlacedSpec {
  const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
  return { ...spec, affinity: { nodeAffinity: { ...spec.affinity?.nodeAffinity, ...required } } };
}

/** What Gt and Lt can compare with, and what makes their whole term match nothing: it is no int64. */
const NUMBERS = ['5', '10', '007', '0', '9223372036854775806'];
export const NO_NUMBERS: readonly string[] = ['x', '', '9223372036854775808'];

const NAMES = SCENES.map(({ node }) => node.name);

/**
 * Hostnames by label alone. `In` a node's NAME where its label differs is the one case in which we mean more nodes than
 * the scheduler does, on purpose; it has a test of its own.
 */
const HOSTNAMES = [...new Set(SCENES.map(({ node }) => node.labels?.[HOSTNAME_LABEL] ?? node.name)), 'gone.example'];

const VALUES: Readonly<Record<string, readonly string[]>> = {
  'topology.kubernetes.io/zone': ['a', 'b', 'c', 'nowhere'],
  'kubernetes.io/os': ['linux', 'linux', 'windows'],
  'kubernetes.io/arch': ['amd64', 'arm64'],
  disk: ['ssd', 'hdd', 'nvme'],
  only: ['held'],
  pool: ['red', 'blue', 'green', ''],
  gpu: ['true'],
  rank: ['3', '0010', '20', 'x'],
  'node-role.kubernetes.io/control-plane': [''],
  [STATE_LABEL]: ['complete', 'initiated'],
  'unheard-of': ['x'],
};
const KEYS = Object.keys(VALUES);

const someKey = fc.constantFrom(...KEYS);
const someValueOf = (key: string) => fc.constantFrom(...(VALUES[key] ?? []));
const someHostname = fc.constantFrom(...HOSTNAMES);
const someEffect = fc.constantFrom(
  {},
  { effect: 'NoSchedule' },
  { effect: 'NoExecute' },
  { effect: 'PreferNoSchedule' },
);

/** How often each alternative is taken, and what it is. */
function mostly<T>(
  ...alternatives: readonly (readonly [weight: number, arbitrary: fc.Arbitrary<T>])[]
): fc.Arbitrary<T> {
  return fc.oneof(...alternatives.map(([weight, arbitrary]) => ({ weight, arbitrary })));
}

const someExpression = mostly<Expression>(
  [
    5,
    someKey.chain((key) =>
      fc.record({
        key: fc.constant(key),
        operator: fc.constantFrom('In', 'In', 'NotIn'),
        values: fc.uniqueArray(someValueOf(key), { minLength: 1, maxLength: 3 }),
      }),
    ),
  ],
  [
    2,
    fc.record({ key: fc.constantFrom(...KEYS, HOSTNAME_LABEL), operator: fc.constantFrom('Exists', 'DoesNotExist') }),
  ],
  [
    2,
    fc.record({
      key: fc.constantFrom('rank', 'rank', 'rank', 'pool'),
      operator: fc.constantFrom('Gt', 'Lt'),
      values: mostly([5, fc.constantFrom(...NUMBERS)], [1, fc.constantFrom(...NO_NUMBERS)]).map((text) => [text]),
    }),
  ],
  [
    1,
    fc.record({
      key: fc.constant(HOSTNAME_LABEL),
      operator: fc.constant('NotIn'),
      values: fc.uniqueArray(fc.constantFrom(...HOSTNAMES, ...NAMES), { minLength: 1, maxLength: 3 }),
    }),
  ],
);

const someName = fc.constantFrom(...NAMES, 'gone').map((name) => [name]);
const someField = (...operators: readonly string[]) =>
  fc.record({ key: fc.constant('metadata.name'), operator: fc.constantFrom(...operators), values: someName });

const someTerm = mostly<Term>(
  [8, fc.record({ matchExpressions: fc.array(someExpression, { minLength: 1, maxLength: 2 }) })],
  [
    2,
    // Both may be empty: such a term matches nothing.
    fc.record({
      matchExpressions: fc.array(someExpression, { maxLength: 1 }),
      matchFields: fc.array(someField('In', 'NotIn', 'NotIn'), { maxLength: 2 }),
    }),
  ],
);

const someHostnames = fc.uniqueArray(someHostname, { minLength: 1, maxLength: 3 });

/** A term that names its nodes, by hostname or by name, with or without more to ask of them. */
const someNamingTerm = fc
  .tuple(fc.boolean(), someHostnames, someField('In'), fc.array(someExpression, { maxLength: 1 }))
  .map(([byHostname, values, field, more]): Term =>
    byHostname
      ? { matchExpressions: [{ key: HOSTNAME_LABEL, operator: 'In', values }, ...more] }
      : { matchFields: [field], matchExpressions: more },
  );

const someTerms = mostly<readonly Term[]>(
  [5, fc.array(someTerm, { minLength: 1, maxLength: 3 })],
  [3, fc.array(someNamingTerm, { minLength: 1, maxLength: 4 })],
  [1, fc.tuple(someTerm, someNamingTerm)],
);

/** Preferences forbid nothing. This one draws pods onto held nodes. */
const PREFERENCE = {
  weight: 50,
  preference: { matchExpressions: [{ key: 'only', operator: 'In', values: ['held'] }] },
};

const someAffinity = fc.tuple(someTerms, fc.boolean()).map(([nodeSelectorTerms, prefers]) => ({
  nodeAffinity: {
    requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms },
    ...(prefers ? { preferredDuringSchedulingIgnoredDuringExecution: [PREFERENCE] } : {}),
  },
}));

/** Every form: with and without key, operator, value and effect. */
const someToleration = mostly<object>(
  [1, someEffect.map((effect) => ({ operator: 'Exists', ...effect }))],
  [
    5,
    fc
      .tuple(fc.constantFrom('dedicated', 'gpu', 'os', 'node-role.kubernetes.io/control-plane'), someEffect)
      .map(([key, effect]) => ({ key, operator: 'Exists', ...effect })),
  ],
  [
    5,
    fc
      .tuple(
        fc.constantFrom('dedicated', 'dedicated', 'gpu', 'os', UNSCHEDULABLE_TAINT),
        fc.constantFrom({}, { operator: 'Equal' }),
        fc.constantFrom({}, { value: '' }, { value: 'db' }, { value: 'web' }, { value: 'windows' }),
        someEffect,
      )
      .map(([key, operator, value, effect]) => ({ key, ...operator, ...value, ...effect })),
  ],
  [
    4,
    fc
      .tuple(
        fc.constantFrom(
          UNSCHEDULABLE_TAINT,
          UNSCHEDULABLE_TAINT,
          'node.kubernetes.io/not-ready',
          'node.kubernetes.io/unreachable',
          'node.cloudprovider.kubernetes.io/shutdown',
          'node.cloudprovider.kubernetes.io/uninitialized',
        ),
        someEffect,
      )
      .map(([key, effect]) => ({ key, operator: 'Exists', ...effect })),
  ],
  [1, fc.constant({ key: 'gpu', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 3600 })],
);

const someLabel = someKey.chain((key) => fc.tuple(fc.constant(key), someValueOf(key)));

const someSelector = mostly<readonly (readonly [string, string])[]>(
  [5, someLabel.map((label) => [label])],
  [2, fc.tuple(someLabel, someLabel)],
  [4, someHostname.map((hostname) => [[HOSTNAME_LABEL, hostname]])],
  [
    1,
    fc.tuple(
      someHostname.map((hostname) => [HOSTNAME_LABEL, hostname] as const),
      someLabel,
    ),
  ],
).map((entries) => Object.fromEntries(entries));

const CORDON_TOLERATION = { key: UNSCHEDULABLE_TAINT, operator: 'Exists' };
const someTolerations = fc.array(someToleration, { maxLength: 3 });

/** Most pods ask for one thing, and half of them may go onto cordoned nodes: a pod that goes nowhere says little. */
const someSpec = fc
  .tuple(
    mostly<Pick<PlacedSpec, 'nodeSelector' | 'affinity'>>(
      [1, fc.constant({})],
      [3, fc.record({ nodeSelector: someSelector })],
      [7, fc.record({ affinity: someAffinity })],
      [1, fc.record({ nodeSelector: someSelector, affinity: someAffinity })],
    ),
    mostly<Pick<PlacedSpec, 'tolerations'>>(
      [1, fc.constant({})],
      [5, fc.record({ tolerations: someTolerations })],
      [6, someTolerations.map((tolerations) => ({ tolerations: [CORDON_TOLERATION, ...tolerations] }))],
    ),
  )
  .map(([selection, tolerations]): PlacedSpec => ({ ...selection, ...tolerations }));

/** Different pod specs, the same ones for the same seed. */
export function podSpecs(count: number, seed: number): readonly PlacedSpec[] {
  // Half as many again leaves room for the specs that come twice.
  const drawn = fc.sample(someSpec, { numRuns: count + count / 2, seed });
  return [...new Map(drawn.map((spec) => [JSON.stringify(spec), spec])).values()].slice(0, count);
}
