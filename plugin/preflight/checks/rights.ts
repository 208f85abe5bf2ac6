import { refusal, type Check, type Finding } from '../finding.ts';
import { listed } from '../../drain/cause.ts';
import { renderRight, type Right } from '../rights.ts';
import type { Survey } from '../survey.ts';

/** What the API server would refuse on the way, each right once for all nodes or namespaces that it is missing for. */
export const rights: Check<'missingRights'> = {
  id: 'rights',
  refuses: 'patching the nodes, evicting (or deleting) in each namespace',
  warns: '',
  find,
};

function find({ missingRights }: Pick<Survey, 'missingRights'>): readonly Finding[] {
  const byKind = Map.groupBy(missingRights, (right) => renderRight({ ...right, ...ofAll(right) }));
  return [...byKind].map(([kind, rights]) => {
    const [only, ...more] = rights;
    if (only === undefined || more.length === 0)
      return refusal('rights', `you may not ${rights.map(renderRight).join()}`);
    const nodes = rights.map(({ name }) => name).filter((name) => name !== '');
    const names = nodes.length > 0 ? nodes : rights.map(({ namespace }) => namespace);
    const where = nodes.length > 0 ? '' : ' in namespaces';
    const finding = refusal('rights', `you may not ${kind}${where} ${listed(names)}`);
    return nodes.length > 0 ? { ...finding, nodes } : finding;
  });
}

/** A right without what it is about: nodes by name, or the namespace of everything else. */
function ofAll({ name }: Right): Pick<Right, 'name'> | Pick<Right, 'namespace'> {
  return name === '' ? { namespace: '' } : { name: '' };
}
