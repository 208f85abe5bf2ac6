/** `npm run image [-- NAME:TAG]`: the webhook's image and its list of parts, in dist/image. */
import { readFile, stat } from 'node:fs/promises';
import { z } from 'zod';
import { buildWebhookImage } from './image.ts';

const { version } = z.object({ version: z.string() }).parse(JSON.parse(await readFile('package.json', 'utf8')));
const name = process.argv[2] ?? `kubectl-maint/maint-webhook:${version}`;
const { digest, archive, sbom } = await buildWebhookImage(name, 'dist/image');
const megabytes = Math.round((await stat(archive)).size / 1e6);
process.stdout.write(`${name}\n${digest}\n${archive} (${megabytes} MB)\n${sbom}\n`);
