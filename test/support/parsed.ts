import { parse as parseWith } from '../../plugin/command-line/parse.ts';
import type { Operation } from '../../plugin/command-line/operation.ts';
import { verbs } from '../../plugin/verbs.ts';

/** What a command line of this plugin asks for; rejects where it is wrong. */
export function parse(argv: readonly string[], version: string): Promise<Operation> {
  return parseWith(argv, verbs(version));
}
