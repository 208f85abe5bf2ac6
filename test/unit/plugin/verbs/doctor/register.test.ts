import { expect, test } from 'vitest';
import { judgeRegister, type RegisterReading } from '../../../../../plugin/verbs/doctor/checks/register.ts';
import { RECORD_ANNOTATION, registerOf } from '../../../../../shared/index.ts';
import { like } from '../../../../support/like.ts';
import { nodeSnapshot } from '../../world.ts';

const held = ['n1', 'n2'].map((name) => nodeSnapshot(name, { annotations: { [RECORD_ANNOTATION]: 'by hand' } }).facts);
const [n1] = held;
const asNodes = { spec: registerOf(held) };
const lists = (...entries: readonly object[]) => ({
  spec: { ...asNodes.spec, nodes: Object.assign({}, ...entries) as object },
});
const writtenBy = (manager: string, fields: object) => ({
  ...asNodes,
  metadata: { managedFields: [{ manager, fieldsV1: { 'f:spec': fields } }] },
});
const { nodes } = asNodes.spec;

test.each<[what: string, differs: Partial<RegisterReading>, says: readonly string[]]>([
  ['it is as the nodes are', {}, ['ok it lists 2 nodes, as the nodes say']],
  ['no policy goes by it', { isRead: false, register: undefined }, ['skipped not tried: no policy in the API server']],
  ['no definition', { isDefined: false, register: undefined }, ['fail the API server does not know the kind']],
  ['no register', { register: undefined }, ['fail there is no register: ']],
  ['emptied', { register: lists() }, ['fail it does not list nodes n1 and n2: while no webhook answers, nothing']],
  ['stale', { register: lists({ n1: nodes['n1'] }) }, ['fail it does not list node n2']],
  ['a node that is back', { held: n1 === undefined ? [] : [n1] }, ['warn it lists node n2, not in maintenance']],
  [
    'an exception that no record has',
    { register: lists(nodes, { n1: { ...nodes['n1'], exceptions: {} } }) },
    ['warn what it says of node n1 is not'],
  ],
  [
    'a stranger wrote the list',
    { register: writtenBy('argocd', { 'f:nodes': {} }) },
    ['warn its list was written by argocd'],
  ],
  ['its controller did', { register: writtenBy('maint', { 'f:nodes': {} }) }, ['ok ']],
  ['somebody made it, empty', { register: writtenBy('kubectl', { 'f:hostnames': {} }) }, ['ok ']],
  ['no room', { register: { spec: { ...asNodes.spec, unlisted: 3 } } }, ['warn it has no room for 3 nodes']],
])('%s', (_what, differs, says) => {
  const diagnoses = judgeRegister({ isRead: true, isDefined: true, register: asNodes, held, ...differs });
  expect(diagnoses.map(({ status, message }) => `${status} ${message}`)).toEqual(says.map(like));
  for (const { status, todo } of diagnoses) expect(todo === undefined).toBe(status === 'ok' || status === 'skipped');
});
