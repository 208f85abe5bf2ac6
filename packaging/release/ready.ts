/**
 * `node packaging/release/ready.ts --tag TAG`: whether TAG can be released; `--host` and `--place` print where image and chart
 * are pushed: the registry alone, and with the path that both have in common.
 */
import { readFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { publishedBy } from '../published.ts';
import { whyNotReady } from './readiness.ts';

const { values } = parseArgs({
  options: { tag: { type: 'string' }, host: { type: 'boolean' }, place: { type: 'boolean' } },
});
const published = await publishedBy('.');
const { registry, owner } = published;
if (values.host === true) process.stdout.write(`${registry}\n`);
if (values.place === true) process.stdout.write(`${registry}/${owner}\n`);
if (values.tag !== undefined) {
  const changelog = await readFile('CHANGELOG.md', 'utf8');
  const problems = whyNotReady({ tag: values.tag, published, changelog });
  for (const problem of problems) process.stderr.write(`error: ${problem}\n`);
  if (problems.length > 0) process.exitCode = 1;
}
