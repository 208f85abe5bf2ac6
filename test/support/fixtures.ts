/** The fixtures of test/fixtures, but for what data systems are asked (data-fixtures.ts): a manifest per case, what the policy has to say of it, and on which cluster. */
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parseAllDocuments } from 'yaml';
import * as z from 'zod';
import { DEFAULT_POLICY, isObject, type Decision, type PolicyConfig } from '../../shared/index.ts';
import { withRules } from '../../shared/policy/config.ts';

const FIXTURES = join(import.meta.dirname, '..', 'fixtures');

/** Cases that no rule objects to, whatever is in maintenance. The other folders are named after their rule. */
export const ALWAYS_ALLOWED = 'always-allowed';

/** The first document of a fixture. */
const header = z.strictObject({
  /** File of test/fixtures/nodes. */
  nodes: z.string(),
  policy: z.optional(
    z.strictObject({
      addonChange: z.optional(z.enum(['hold', 'deny'])),
      /** Modes that are not the default, by rule. */
      modes: z.optional(z.record(z.string(), z.enum(['enforce', 'warn', 'audit', 'off']))),
      /** Scopes that are not the default, by rule. */
      scopes: z.optional(z.record(z.string(), z.enum(['node', 'cluster']))),
    }),
  ),
  /** What else the cluster holds: objects by the path that is read, with `?SELECTOR` where a list has one. */
  reads: z.optional(z.record(z.string(), z.array(z.looseObject({})))),
  expect: z.strictObject({
    work: z.enum(['backup', 'scan', 'addon', 'none']),
    tool: z.nullable(z.string()),
    /** Nodes in maintenance that the object reaches. */
    nodes: z.array(z.string()),
    /** Reasons of the findings, worst first. */
    reasons: z.array(z.string()),
  }),
});

type Policy = NonNullable<z.infer<typeof header>['policy']>;

/** One case: the second document of its file, and everything that the first says. */
export interface Fixture {
  /** Path below test/fixtures without the ending, for example `backup/deny/labelled-job`. */
  readonly name: string;
  /** The rule's id, or `always-allowed`. */
  readonly folder: string;
  readonly decision: Decision;
  readonly object: Readonly<Record<string, unknown>>;
  /** Whether the object is an AdmissionReview; anything else is the CREATE of itself. */
  readonly isReview: boolean;
  /** Name of the cluster, for keeping one per file. */
  readonly cluster: string;
  /** Node objects. */
  readonly nodes: readonly object[];
  readonly config: PolicyConfig;
  /** Whether the configuration is the default one. */
  readonly isDefaultConfig: boolean;
  /** Objects that have to be looked up, see the header; empty where the nodes alone decide. */
  readonly reads: Readonly<Record<string, readonly object[]>>;
  /** Whether the nodes alone decide. */
  readonly isOffline: boolean;
  readonly expect: z.infer<typeof header>['expect'];
}

/** The file that holds the nodes of a cluster. */
export function nodesFile(cluster: string): string {
  return join(FIXTURES, 'nodes', `${cluster}.yaml`);
}

/** Every fixture, sorted by name. Throws an Error that names the file where one is malformed. */
export function readFixtures(): readonly Fixture[] {
  return globSync('**/*.yaml', { cwd: FIXTURES, exclude: ['nodes/**', 'data/**'] })
    .map((path) => path.split(sep).join('/'))
    .sort()
    .map(fixtureAt);
}

function fixtureAt(path: string): Fixture {
  const documents = documentsOf(join(FIXTURES, path));
  const [first, object] = documents;
  if (documents.length !== 2 || !isObject(object))
    throw new Error(`${path}: needs two documents, has ${documents.length}`);
  const parsed = header.safeParse(first);
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`);
  const name = path.slice(0, -'.yaml'.length);
  const { nodes, policy, reads, expect } = parsed.data;
  return {
    name,
    ...placeOf(name),
    object,
    isReview: object['kind'] === 'AdmissionReview',
    cluster: nodes,
    nodes: documentsOf(nodesFile(nodes)).filter(isObject),
    config: configFrom(policy ?? {}),
    isDefaultConfig: policy === undefined,
    reads: reads ?? {},
    isOffline: reads === undefined,
    expect,
  };
}

function configFrom({ addonChange, modes = {}, scopes = {} }: Policy): PolicyConfig {
  const config = withRules(DEFAULT_POLICY, (rule, id) => ({
    ...rule,
    mode: modes[id] ?? rule.mode,
    scope: scopes[id] ?? rule.scope,
  }));
  return { ...config, addonChange: addonChange ?? DEFAULT_POLICY.addonChange };
}

function placeOf(name: string): { folder: string; decision: Decision } {
  const [folder = '', second = '', ...rest] = name.split('/');
  if (folder === ALWAYS_ALLOWED && rest.length === 0) return { folder, decision: 'allow' };
  const decision = (['allow', 'warn', 'deny'] as const).find((known) => known === second);
  if (decision === undefined || rest.length !== 1) throw new Error(`${name}: belongs into RULE/{allow,warn,deny}/`);
  return { folder, decision };
}

function documentsOf(path: string): readonly unknown[] {
  return parseAllDocuments(readFileSync(path, 'utf8')).map((document): unknown => {
    const [problem] = document.errors;
    if (problem !== undefined) throw new Error(`${path}: ${problem.message}`);
    const value: unknown = document.toJS();
    return value;
  });
}
