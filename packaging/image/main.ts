/** `npm run image [-- NAME:TAG]`: the image for every architecture, its digests and its lists of parts, in dist/image. */
import { stat, writeFile } from 'node:fs/promises';
import { imageName, publishedBy } from '../published.ts';
import { ARCHITECTURES, buildWebhookImage } from './image.ts';

const name = process.argv[2] ?? imageName(await publishedBy('.'));
const { digests, layout, archive, sboms } = await buildWebhookImage({
  name,
  folder: 'dist/image',
  architectures: ARCHITECTURES,
});
// What is pushed and signed goes by these.
await writeFile('dist/image/digests.json', `${JSON.stringify(digests)}\n`);
const megabytes = Math.round((await stat(archive)).size / 1e6);
process.stdout.write(`${name}\n${digests.index}\n`);
for (const [architecture, digest] of Object.entries(digests.images))
  process.stdout.write(`linux/${architecture} ${digest}\n`);
process.stdout.write(`${layout}\n${archive} (${megabytes} MB)\n${Object.values(sboms).join('\n')}\n`);
