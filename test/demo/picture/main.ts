/** `npm run picture`: what the demo writes, on standard input, becomes the pictures of docs/images/demo-*.svg. */
import { writeFile } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { blocksOf, shownOf } from './blocks.ts';
import { DARK, LIGHT, terminalPicture } from './svg.ts';

const shown = shownOf(blocksOf(await text(process.stdin)));
await writeFile('docs/images/demo-light.svg', terminalPicture(shown, LIGHT));
await writeFile('docs/images/demo-dark.svg', terminalPicture(shown, DARK));
