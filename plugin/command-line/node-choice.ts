import { MaintError } from '../../shared/index.ts';
import type { NodeChoice } from '../nodes/choose.ts';
import { asTyped, type FlagTable } from './flag.ts';

/** `-l`, for every verb that takes nodes. */
export const SELECTOR_FLAG = {
  selector: { short: 'l', kind: 'value', value: asTyped, describe: 'Label selector for the nodes' },
} as const satisfies FlagTable;

/** A Kubernetes name (DNS subdomain, RFC 1123; k8s apimachinery/pkg/util/validation IsDNS1123Subdomain). */
const NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** kubectl's names of the type, as in TYPE/NAME (k8s core/v1 Node: plural, singular, short name). */
export const TYPE = /^(?:nodes?|no)\//;

/** Nodes from the command line: `n1`, `node/n1`, or a selector. Throws what is wrong with them; `hint` says where what is no name belongs. */
export function nodeChoice(words: readonly string[], selector: string | undefined, hint?: string): NodeChoice {
  // One that is named twice is one, as to kubectl.
  const names = [...new Set(words.map((word) => word.replace(TYPE, '')))];
  const bad = names.find((name) => !NAME.test(name));
  if (bad !== undefined)
    throw new MaintError('usage', `"${bad}" is not the name of a node`, { ...(hint !== undefined && { hint }) });
  if (names.length > 0 && selector !== undefined) {
    throw new MaintError('usage', 'cannot specify both a node name and a --selector option');
  }
  return { names, selector };
}

/** The same for a verb that writes: some node has to be meant. */
export function requiredNodes(
  verb: string,
  words: readonly string[],
  selector: string | undefined,
  hint?: string,
): NodeChoice {
  const choice = nodeChoice(words, selector, hint);
  if (choice.names.length > 0 || (selector ?? '') !== '') return choice;
  throw new MaintError('usage', 'no node is named', { hint: `kubectl maint ${verb} NODE..., or -l SELECTOR` });
}
