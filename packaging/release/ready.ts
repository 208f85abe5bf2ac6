/** `node packaging/release/ready.ts TAG`: whether TAG can be released; what is to be done first is said. */
import { readFile } from 'node:fs/promises';
import { publishedBy } from '../published.ts';
import { whyNotReady } from './readiness.ts';

const [, , tag = ''] = process.argv;
const published = await publishedBy('.');
const changelog = await readFile('CHANGELOG.md', 'utf8');
const { GITHUB_SERVER_URL: server, GITHUB_REPOSITORY: repository } = process.env;
const runsIn = server === undefined || repository === undefined ? undefined : `${server}/${repository}`;
for (const problem of whyNotReady({ tag, published, changelog, runsIn })) {
  process.stderr.write(`error: ${problem}\n`);
  process.exitCode = 1;
}
