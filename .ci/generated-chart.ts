/** Writes what the chart takes from the code. With `--check` nothing is written, and a file that differs fails. */
import { readFile } from 'node:fs/promises';
import { isCollection, isMap, isScalar, parseDocument, stringify, type Pair, type YAMLMap } from 'yaml';
import { toJSONSchema } from 'zod/mini';
import { CANARY_GRANTS, OPERATOR_GRANTS, VIEWER_GRANTS } from '../plugin/preflight/grants.ts';
import { DEFAULT_POLICY, textAt, TOOLS } from '../shared/index.ts';
import { POLICY_FORM, RULES_WITH_TOOLS, toolsMetBy } from '../shared/policy/config-file.ts';
import { TOGETHER } from '../shared/targets/match-form.ts';
import { EVIDENCE } from '../shared/targets/matcher.ts';
import { TAKEN_IDS, TAKEN_KINDS, TOOLS_FORM } from '../shared/targets/user-tools.ts';
import { floorObjects } from '../webhook/floor/floor.ts';
import { REPLICA_GRANTS, UNINSTALL_GRANTS } from '../webhook/grants.ts';
import { LOG_LEVELS } from '../webhook/log.ts';
import { generated, generatedParts, table } from './generated-file.ts';

const CHART = 'charts/kubectl-maint';

/** What each of the chart's roles grants. */
async function grants(): Promise<void> {
  const text = stringify(
    {
      replicas: REPLICA_GRANTS,
      operator: OPERATOR_GRANTS,
      canary: CANARY_GRANTS,
      viewer: VIEWER_GRANTS,
      uninstall: UNINSTALL_GRANTS,
    },
    { aliasDuplicateObjects: false },
  );
  await generated(
    `${CHART}/files/grants.yaml`,
    `# Made from webhook/grants.ts and plugin/preflight/grants.ts by npm run fix.\n${text}`,
  );
}

/** What the API server enforces by itself, a file for each rule; the template leaves out what the values change. */
async function floor(): Promise<void> {
  const byName = Map.groupBy(floorObjects(TOOLS, DEFAULT_POLICY), (object) => textAt(object, 'metadata', 'name') ?? '');
  for (const [name, objects] of byName) {
    const text = objects.map((object) => stringify(object, { lineWidth: 0 })).join('---\n');
    const path = `${CHART}/files/floor/${name.replace('.kubectl-maint.io', '')}.yaml`;
    await generated(path, `# Made from webhook/floor by npm run fix.\n${text}`);
  }
}

/** The schema is written by hand, but for what the webhook reads: Helm accepts of that what the webhook accepts. */
async function schema(): Promise<void> {
  const path = `${CHART}/values.schema.json`;
  const written: unknown = JSON.parse(await readFile(path, 'utf8'));
  if (!isRecord(written) || !isRecord(written['properties'])) throw new Error(`${path} has no properties`);
  const { properties } = toJSONSchema(POLICY_FORM, { io: 'input' });
  const { $schema, ...tools } = toJSONSchema(TOOLS_FORM, { io: 'input' });
  const policy = {
    type: 'object',
    additionalProperties: false,
    properties: { preset: properties?.['preset'], rules: properties?.['rules'], tools },
  };
  const read = { policy, logLevel: { enum: LOG_LEVELS } };
  await generated(path, JSON.stringify({ ...written, properties: { ...written['properties'], ...read } }));
}

/** What templates have to know of the built-in tools, to refuse a policy that no replica would start with. */
async function knownTools(): Promise<void> {
  const met = Object.fromEntries(RULES_WITH_TOOLS.map((rule) => [rule, toolsMetBy(rule, TOOLS)]));
  const text = stringify(
    { ids: TAKEN_IDS, kinds: TAKEN_KINDS, evidence: EVIDENCE, together: TOGETHER, met },
    { aliasDuplicateObjects: false },
  );
  await generated(
    `${CHART}/files/known-tools.yaml`,
    `# Made from shared/targets and shared/policy by npm run fix.\n${text}`,
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value of the chart: its name with dots, its default as it stands in values.yaml, and what its comment says. */
type ValueRow = readonly [name: string, initial: string, meaning: string];

/** Every value with its comment. A map with a comment is one value; one without is a group of them. */
function valueRows(text: string): readonly ValueRow[] {
  const { contents } = parseDocument(text);
  if (!isMap(contents)) throw new Error('values.yaml is no map');
  return rowsOf(contents, '');
}

function rowsOf(map: YAMLMap, prefix: string): readonly ValueRow[] {
  return map.items.flatMap((pair, index) => {
    const name = `${prefix}${nameOf(pair)}`;
    const comment = commentOf(pair, index === 0 ? map : undefined);
    if (comment !== '') return [[`\`${name}\``, `\`${JSON.stringify(initialOf(pair.value))}\``, comment] as const];
    if (isMap(pair.value)) return rowsOf(pair.value, `${name}.`);
    throw new Error(`values.yaml: nothing says what ${name} is`);
  });
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

/** The comment before the first entry of a map is the map's. */
function commentOf({ key }: Pair, mapOfFirst: YAMLMap | undefined): string {
  const own = isScalar(key) ? key.commentBefore : undefined;
  return (own ?? mapOfFirst?.commentBefore ?? '').trim();
}

function initialOf(value: unknown): unknown {
  return isScalar(value) ? value.value : isCollection(value) ? value.toJSON() : value;
}

const values = await readFile(`${CHART}/values.yaml`, 'utf8');
await grants();
await floor();
await schema();
await knownTools();
await generatedParts(`${CHART}/README.md`, {
  values: () => table(['Value', 'Default', 'Meaning'], valueRows(values)),
});
