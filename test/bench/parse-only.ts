/** Parses every document of a file, one after the other, as `check` does, and keeps none. */
import { readFileSync } from 'node:fs';
import { load } from 'js-yaml';

const [, , path = ''] = process.argv;
let kinds = 0;
for (const text of readFileSync(path, 'utf8').split(/^---$/m)) {
  const value: unknown = load(text);
  if (typeof value === 'object') kinds += 1;
}
process.stdout.write(`${kinds}\n`);
