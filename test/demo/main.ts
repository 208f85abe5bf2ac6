/** `npm run demo`: the main job on a fresh machine, told through kubectl. Exits 1 if any step came out otherwise. */
import { Narrator } from './narrator.ts';
import { buildStage } from './stage.ts';
import { tell } from './story.ts';

const started = Date.now();
const narrator = new Narrator();

await using stage = await buildStage((line) => process.stderr.write(`${line}\n`));
await tell(stage, narrator);
const seconds = Math.round((Date.now() - started) / 1000);
process.exitCode = narrator.end(seconds) ? 0 : 1;
