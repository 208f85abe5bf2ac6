import { expect, test } from 'vitest';
import { judgeCanary } from '../../../../../plugin/verbs/doctor/canaries.ts';
import { fail, warn } from '../../../../../plugin/verbs/doctor/diagnosis.ts';
import { imageNotPulled } from '../../../../../plugin/verbs/doctor/image-pull.ts';
import { redacted } from '../../../../../plugin/verbs/doctor/redaction.ts';
import { reportFrom } from '../../../../../plugin/verbs/doctor/report.ts';

const NAMES = {
  nodes: ['ip-10-0-0-7.ec2.internal', 'ip-10-0-0-7', 'web', 'web-2'],
  namespaces: ['payments', 'kube-system', 'default'],
  owners: ['ana@corp.example', "o'neil", 'two  words'],
};

/** What becomes of one sentence. */
function told(message: string): string {
  const report = redacted(reportFrom([['records', warn(message, 'look')]]), NAMES);
  return report.items[0]?.message ?? '';
}

test.each<[what: string, message: string, redacted: string]>([
  ['a node', 'node web has a record', 'node NODE-3 has a record'],
  ['a name that begins another', 'nodes web-2, web.', 'nodes NODE-4, NODE-3.'],
  ['a part of a word', 'webhook of my-web and web_1', 'webhook of my-web and web_1'],
  ['a name with dots, whole', 'on ip-10-0-0-7.ec2.internal, ip-10-0-0-7', 'on NODE-2, NODE-1'],
  ['a namespace', 'DaemonSet payments/agent', 'DaemonSet NAMESPACE-1/agent'],
  ['namespaces of every cluster', 'in kube-system and default', 'in kube-system and default'],
  ['an owner', 'back for ana@corp.example 2h ago', 'back for OWNER-1 2h ago'],
  ['an owner as a shell takes it', "--owner 'o'\\''neil' --for 2h", '--owner OWNER-2 --for 2h'],
  ['an owner as a line shows it', 'back for two words', 'back for OWNER-3'],
  ['somebody else', 'asked by eve@corp.example', 'asked by eve@ADDRESS-1'],
  ['a URL', 'asks https://10.1.2.3:9443/validate about work', 'asks ADDRESS-1 about work'],
  ['addresses', '10.1.2.3:443, fe80::1, 10.1.2.3:443', 'ADDRESS-1, ADDRESS-2, ADDRESS-1'],
  ['an image', 'pull r.corp.example:5000/a/b@sha256:12', 'pull ADDRESS-1'],
  ['an image by an address', 'pull 10.1.2.3:5000/payments/a:1, please', 'pull ADDRESS-1, please'],
  ['what only looks like one', 'v1.37.2-gke.100 at 2026-01-05T22:10:00Z', 'v1.37.2-gke.100 at 2026-01-05T22:10:00Z'],
  ['groups and values of ours', 'rules.scan.afterOverdue of x.k8s.io/v1', 'rules.scan.afterOverdue of x.k8s.io/v1'],
  ['a page of ours', 'see docs/floor.md', 'see docs/floor.md'],
  ['others said', 'refused: "webhook "a.corp" denied web" (x)', 'refused: (left out) (x)'],
  ['a quotation without its end', 'refused: "webhook', 'refused: (left out)'],
  ['a name that was cut off', 'nodes: 9; in maintenance: web-2, ip-10-0…', 'nodes: 9; in maintenance: NODE-4, …'],
])('%s', (_what, message, expected) => {
  expect(told(message)).toBe(expected);
});

test('what others refuse with is left out, whoever they are; a right that is missing is told', () => {
  const canary = { rule: 'scan', what: 'a scan for node web', by: 'webhook', expected: 'denied' } as const;
  const toldOf = (why: string) => told(judgeCanary({ ...canary, said: { said: 'unclear', why } }).message);
  expect(toldOf('admission webhook denied the request: ask Ana of team Payments')).toBe(
    'not known: a scan for node NODE-3: (left out)',
  );
  expect(toldOf('pods is forbidden: User "ana" cannot create resource "pods" in API group ""')).toBe(
    'not known: a scan for node NODE-3: you may not create pods',
  );
});

test('an image that no node can pull, and what its registry says, are left out', () => {
  const waiting = { reason: 'ErrImagePull', message: 'denied: ask Ana of team Payments' };
  const why = imageNotPulled([
    { status: { containerStatuses: [{ image: 'harbor/payments/webhook:1', state: { waiting } }] } },
  ]);
  expect(told(`no node can pull the image, ${why ?? ''}`)).toBe('no node can pull the image, ErrImagePull: (left out)');
});

test('what to do and the roles are told without names as well; all else stays', () => {
  const right = { verb: 'get', group: '', resource: 'pods', subresource: '', namespace: 'payments', name: '' };
  const report = reportFrom([['rights', { ...fail('you may not', 'kubectl maint off web'), missing: [right] }]]);
  const { grants, ...rest } = redacted(report, NAMES);
  expect(rest).toEqual({
    apiVersion: report.apiVersion,
    kind: report.kind,
    items: [{ check: 'rights', status: 'fail', message: 'you may not', todo: 'kubectl maint off NODE-3' }],
  });
  expect(grants).toBe(report.grants?.replaceAll('payments', 'NAMESPACE-1'));
});

test('without a name that is known, addresses go all the same', () => {
  const report = reportFrom([['webhook', fail('asks https://a.example', 'look')]]);
  const { items } = redacted(report, { nodes: [], namespaces: [], owners: [] });
  expect(items).toMatchObject([{ message: 'asks ADDRESS-1' }]);
});
