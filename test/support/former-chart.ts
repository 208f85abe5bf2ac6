import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { STATE_LABEL } from '../../shared/index.ts';
import { CHART } from './helm.ts';

/** What the floor of a former chart says. */
export const FORMER = 'the floor of a former chart';

/** The chart as it was before there was a register: its policies have Nodes as their parameter. */
export async function makeChartWithoutRegister(folder: string): Promise<void> {
  await cp(CHART, folder, { recursive: true });
  await rm(join(folder, 'templates/register.yaml'));
  for (const rule of ['backup', 'scan']) {
    const documents = formerPolicy(rule).map((object) => stringify(object));
    await writeFile(join(folder, `files/floor/${rule}.yaml`), documents.join('---\n'));
  }
}

/** The same from the time of one Deployment, whose replicas kept everything: one identity has all rights, and no fence. */
export async function makeChartOfOneDeployment(folder: string): Promise<void> {
  await makeChartWithoutRegister(folder);
  for (const name of ['controller', 'fence']) await rm(join(folder, `templates/${name}.yaml`));
  await edit(join(folder, 'templates/rbac.yaml'), '"to" "kubectl-maint-controller"', '"to" "kubectl-maint"');
  await edit(
    join(folder, 'templates/serviceaccount.yaml'),
    'list "kubectl-maint" "kubectl-maint-controller"',
    'list "kubectl-maint"',
  );
}

async function edit(file: string, from: string, to: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  if (!text.includes(from)) throw new Error(`${file} does not say ${from} any more`);
  await writeFile(file, text.replaceAll(from, to));
}

function formerPolicy(rule: string): readonly object[] {
  const apiVersion = 'admissionregistration.k8s.io/v1';
  const metadata = { name: `${rule}.kubectl-maint.io`, labels: { 'app.kubernetes.io/name': 'kubectl-maint' } };
  const resourceRules = [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }];
  const selector = { matchExpressions: [{ key: STATE_LABEL, operator: 'Exists' }] };
  const isIt = `object.metadata.?labels[?"kubectl-maint.io/work"].orValue('') == '${rule}'`;
  return [
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicy',
      metadata,
      spec: {
        failurePolicy: 'Ignore',
        paramKind: { apiVersion: 'v1', kind: 'Node' },
        matchConstraints: { resourceRules },
        validations: [{ expression: `!(${isIt})`, message: FORMER }],
      },
    },
    {
      apiVersion,
      kind: 'ValidatingAdmissionPolicyBinding',
      metadata,
      spec: {
        policyName: metadata.name,
        paramRef: { selector, parameterNotFoundAction: 'Allow' },
        validationActions: ['Deny'],
      },
    },
  ];
}
