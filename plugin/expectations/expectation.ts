import { MaintError } from '../../shared/index.ts';
import { readWords } from '../command-line/words.ts';
import { WAIT_FLAGS } from './wait-flags.ts';
import { translated } from './json-path.ts';
import { shellWords } from './shell-words.ts';

/** What is expected of each object, in kubectl wait's words. */
export type Condition =
  | { readonly kind: 'condition'; readonly type: string; readonly status: string }
  /** That there is none. */
  | { readonly kind: 'delete' }
  /** Without a value: that there is any. */
  | { readonly kind: 'jsonpath'; readonly path: string; readonly value: string | undefined };

/** Which objects, and how they have to be. */
export interface Expectation {
  /** Where it stands in its file. */
  readonly line: number;
  /** As it was written. */
  readonly text: string;
  /** As typed: `deploy`, `deployments.apps`. */
  readonly type: string;
  /** Empty: all of them, or those that are selected. */
  readonly names: readonly string[];
  readonly labelSelector: string | undefined;
  readonly fieldSelector: string | undefined;
  /** Undefined: not named; empty: all of them. */
  readonly namespace: string | undefined;
  readonly condition: Condition;
}

/** Reads what follows `kubectl wait`; `line` is where it stands. Throws MaintError('usage'). */
export function expectationIn(text: string, line: number): Expectation {
  const words = shellWords(text);
  if (words === undefined) throw wrong('a quote does not end');
  const { flags, names, behind } = readWords(words, { name: 'wait', flags: WAIT_FLAGS });
  const valueOf = (flag: string): string | undefined => flags.findLast(({ name }) => name === flag)?.value;
  const isSet = (flag: string): boolean => valueOf(flag) === 'true';
  const labelSelector = valueOf('selector');
  const fieldSelector = valueOf('field-selector');
  const chosen = objectsIn([...names, ...behind]);
  const namespace = isSet('all-namespaces') ? '' : valueOf('namespace');
  const isSelected = labelSelector !== undefined || fieldSelector !== undefined || isSet('all');
  refuseUnclear(chosen.names, isSelected, namespace);
  return { line, text, ...chosen, labelSelector, fieldSelector, namespace, condition: conditionIn(valueOf('for')) };
}

function refuseUnclear(names: readonly string[], isSelected: boolean, namespace: string | undefined): void {
  if (isSelected && names.length > 0) throw wrong('names objects, and selects others');
  if (!isSelected && names.length === 0) throw wrong('names no object: TYPE/NAME, TYPE -l SELECTOR or TYPE --all');
  if (namespace === '' && names.length > 0) throw wrong('names objects, and no namespace: -n NAMESPACE');
}

/** `TYPE NAME...`, or `TYPE/NAME...` of one type. */
function objectsIn(words: readonly string[]): Pick<Expectation, 'type' | 'names'> {
  const [first = '', ...more] = words;
  if (!first.includes('/')) return { type: first, names: more };
  const pairs = words.map((word) => word.split('/'));
  const types = new Set(pairs.map(([type]) => type));
  if (types.size > 1 || pairs.some((pair) => pair.length !== 2 || pair[1] === ''))
    throw wrong('TYPE/NAME, of one type in a line, is wanted');
  return { type: pairs[0]?.[0] ?? '', names: pairs.map(([, name = '']) => name) };
}

const JSON_PATH = /^jsonpath=\{((?:[^'"{}]|'[^']*'|"[^"]*")+)\}(?:=(.+))?$/s;
const CONDITION = /^condition=([^=]+)(?:=([^=]+))?$/;

function conditionIn(text: string | undefined): Condition {
  if (text === undefined)
    throw wrong(
      "says nothing: --for=condition=NAME[=STATUS], --for=delete or --for=jsonpath='{.status.phase}'[=VALUE]",
    );
  if (text === 'delete') return { kind: 'delete' };
  const [, type, status = 'True'] = CONDITION.exec(text) ?? [];
  if (type !== undefined) return { kind: 'condition', type, status };
  const [, written, value] = JSON_PATH.exec(text) ?? [];
  if (written === undefined)
    throw wrong(`--for=${text} is neither condition=NAME[=STATUS] nor delete nor jsonpath='{PATH}'[=VALUE]`);
  const path = translated(written);
  if (path === undefined) throw wrong(`{${written}} is no JSONPath that kubectl knows`);
  return { kind: 'jsonpath', path, value: value?.trim() };
}

function wrong(message: string): MaintError {
  return new MaintError('usage', message);
}
