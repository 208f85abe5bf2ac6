import { listed } from '../../drain/cause.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

/** Nodes whose kubelet is silent: their pods are asked to go and not waited for. */
export const unreachable: Check = {
  id: 'unreachable',
  refuses: '',
  warns: 'a silent kubelet, and the taint that lets its volumes go',
  find,
};

function find({ chosen, plans }: Survey): readonly Finding[] {
  const silent = plans.length === 0 ? [] : chosen.filter(({ unreachable }) => unreachable).map(({ name }) => name);
  const [only] = silent;
  if (only === undefined) return [];
  const [which, taint] =
    silent.length === 1
      ? [`node ${only} is unreachable: nobody confirms that its pods ended; if it is`, only]
      : [`nodes ${listed(silent)} are unreachable: nobody confirms that their pods ended; if one is`, 'NODE'];
  const text = `${which} off for good, let its volumes go: kubectl taint node ${taint} node.kubernetes.io/out-of-service=nodeshutdown:NoExecute`;
  return [{ ...warning('unreachable', text), ...(silent.length > 1 && { nodes: silent }) }];
}
