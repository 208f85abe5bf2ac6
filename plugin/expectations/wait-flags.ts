import { asTyped, type FlagTable } from '../command-line/flag.ts';

/** kubectl wait's flags, as far as an expectation has them: how long is asked its file says, or --check-timeout. */
export const WAIT_FLAGS = {
  for: { kind: 'value', value: asTyped, describe: "condition=NAME[=STATUS] or jsonpath='{PATH}'[=VALUE]" },
  namespace: { short: 'n', kind: 'value', value: asTyped, describe: 'The namespace of the objects' },
  'all-namespaces': { short: 'A', kind: 'switch', default: false, describe: 'Objects of all namespaces' },
  selector: { short: 'l', kind: 'value', value: asTyped, describe: 'Label selector' },
  'field-selector': { kind: 'value', value: asTyped, describe: 'Field selector' },
  all: { kind: 'switch', default: false, describe: 'All objects of the type' },
} as const satisfies FlagTable;
