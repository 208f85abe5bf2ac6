import { at, listAt, textAt, textsAt } from '../facts/json.ts';
import { HOSTNAME_LABEL } from '../labels.ts';
import { labelSelectorFrom, type LabelSelector } from './selectors.ts';

/** Pods beside which a pod must run, on the same node. MariaDB's PhysicalBackup names its node in this way. */
export interface PodAffinityTerm {
  readonly topologyKey: typeof HOSTNAME_LABEL;
  /** Which pods, by label. Undefined: none. */
  readonly selector: LabelSelector;
  /** Namespaces listed by name, besides those that `namespaceSelector` selects. */
  readonly namespaces: readonly string[];
  /** Namespaces by label: `[]` = all, undefined = none. */
  readonly namespaceSelector: LabelSelector;
  /** Neither list nor selector is given: the pods are looked for in the pod's own namespace. */
  readonly inOwnNamespace: boolean;
}

/**
 * The required pod affinity of a pod spec whose topology is the single node; wider topologies (zone, rack) say nothing
 * about one node and are left out. All of them must hold. `matchLabelKeys` needs no reading: the API server has put it
 * into the selector of every pod; a template's selector is the wider one without it.
 */
export function podAffinityFromPodSpec(spec: unknown): readonly PodAffinityTerm[] {
  return listAt(spec, 'affinity', 'podAffinity', 'requiredDuringSchedulingIgnoredDuringExecution')
    .filter((term) => textAt(term, 'topologyKey') === HOSTNAME_LABEL)
    .map((term) => {
      const namespaces = textsAt(term, 'namespaces');
      const namespaceSelector = at(term, 'namespaceSelector');
      return {
        topologyKey: HOSTNAME_LABEL,
        selector: labelSelectorFrom(at(term, 'labelSelector')),
        namespaces,
        namespaceSelector: labelSelectorFrom(namespaceSelector),
        inOwnNamespace: namespaces.length === 0 && namespaceSelector == null,
      };
    });
}
