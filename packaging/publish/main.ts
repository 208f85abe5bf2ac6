/**
 * `node packaging/publish/main.ts`: pushes and signs what is in dist/, to where package.json says, as who runs the workflow, and
 * writes names and digests for its later steps.
 */
import { appendFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { builtInDist } from './built.ts';
import { publish, stepOutputs } from './publish.ts';

const {
  GITHUB_ACTOR: user,
  TOKEN: password,
  GITHUB_OUTPUT: outputs,
} = z.object({ GITHUB_ACTOR: z.string(), TOKEN: z.string(), GITHUB_OUTPUT: z.string() }).parse(process.env);
const { published, built } = await builtInDist();
const registry = { place: `${published.registry}/${published.owner}`, isLocal: false };
const account = { user, password, folder: process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker') };
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const pushed = await publish({ ...built, registry, account, signer: 'workflow', tell });
await appendFile(outputs, stepOutputs(registry, pushed));
