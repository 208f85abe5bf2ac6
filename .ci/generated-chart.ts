/** Writes what the chart takes from the code. With `--check` nothing is written, and a file that differs fails. */
import { readFile } from 'node:fs/promises';
import { stringify } from 'yaml';
import { toJSONSchema } from 'zod/mini';
import { CANARY_GRANTS, ON_NODE_GRANTS, OPERATOR_GRANTS, VIEWER_GRANTS } from '../plugin/preflight/grants.ts';
import { DEFAULT_POLICY, textAt, TOOLS } from '../shared/index.ts';
import { POLICY_FORM, RULES_WITH_TOOLS, toolsMetBy } from '../shared/policy/config-file.ts';
import { TOGETHER } from '../shared/targets/match-form.ts';
import { EVIDENCE } from '../shared/targets/matcher.ts';
import { TAKEN_IDS, TAKEN_KINDS, TOOLS_FORM } from '../shared/targets/user-tools.ts';
import { REGISTER_DEFINITION } from '../webhook/floor/definition.ts';
import { floorObjects, registerGuardObjects } from '../webhook/floor/floor.ts';
import { CONTROLLER_GRANTS, UNINSTALL_GRANTS, WEBHOOK_GRANTS } from '../webhook/grants.ts';
import { LOG_LEVELS } from '../webhook/log.ts';
import { FAILURE_POLICY } from '../webhook/options/flags.ts';
import { publishedBy } from '../packaging/published.ts';
import { krewTemplate } from '../packaging/release/krew.ts';
import { PLATFORMS } from '../packaging/release/platforms.ts';
import { FAIL_CLOSED } from '../webhook/controller/registration/entries.ts';
import { chartText, publishedText, withImage } from './chart-published.ts';
import { valueRows, valuesSchema } from './chart-values.ts';
import { generated, generatedAsIs, generatedParts, table } from './generated-file.ts';

const CHART = 'charts/kubectl-maint';

/** What each of the chart's roles grants. */
async function grants(): Promise<void> {
  const text = stringify(
    {
      webhook: WEBHOOK_GRANTS,
      controller: CONTROLLER_GRANTS,
      operator: OPERATOR_GRANTS,
      canary: CANARY_GRANTS,
      onNode: ON_NODE_GRANTS,
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

/** Definition and guard of the register; the template fills in who keeps it. */
async function register(): Promise<void> {
  const files = { definition: [REGISTER_DEFINITION], guard: registerGuardObjects('CONTROLLER') };
  for (const [name, objects] of Object.entries(files)) {
    const text = objects
      .map((object) => stringify(object, { lineWidth: 0, aliasDuplicateObjects: false }))
      .join('---\n');
    await generated(`${CHART}/files/register/${name}.yaml`, `# Made from webhook/floor by npm run fix.\n${text}`);
  }
}

/** What values may be; of what the webhook reads, Helm accepts what the webhook accepts. */
async function schema(): Promise<void> {
  const { properties } = toJSONSchema(POLICY_FORM, { io: 'input' });
  const { $schema, ...tools } = toJSONSchema(TOOLS_FORM, { io: 'input' });
  const policy = {
    type: 'object',
    additionalProperties: false,
    properties: { preset: properties?.['preset'], rules: properties?.['rules'], tools },
  };
  const read = {
    policy,
    failurePolicy: { enum: FAILURE_POLICY.choices },
    failClosed: { type: 'array', uniqueItems: true, items: { enum: FAIL_CLOSED } },
    logLevel: { enum: LOG_LEVELS },
  };
  await generated(`${CHART}/values.schema.json`, JSON.stringify(valuesSchema(values, read)));
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

const published = await publishedBy('.');
await generated(`${CHART}/Chart.yaml`, chartText(published));
await generatedAsIs('.krew.yaml', krewTemplate(published, PLATFORMS));
await generated(`${CHART}/values.yaml`, withImage(await readFile(`${CHART}/values.yaml`, 'utf8'), published));
const values = await readFile(`${CHART}/values.yaml`, 'utf8');
await grants();
await floor();
await register();
await schema();
await knownTools();
await generatedParts(`${CHART}/README.md`, {
  values: () => table(['Value', 'Default', 'Meaning'], valueRows(values)),
  published: () => publishedText(published),
});
