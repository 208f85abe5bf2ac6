/**
 * `npm run demo`: the main job on a fresh machine, told through kubectl. Exits 1 if any step came out otherwise.
 * `npm run demo -- --context NAME --node NODE --image IMAGE`: the same in a cluster where the chart is installed.
 */
import { parseArgs } from 'node:util';
import { visitStage } from './guest-stage.ts';
import { Narrator } from './narrator.ts';
import { buildStage, type Stage } from './stage.ts';
import { tell } from './story.ts';

const USAGE = `npm run demo                                                       on a control plane of its own
npm run demo -- --context NAME --node NODE --image IMAGE           in a cluster where the chart is installed:
  NODE goes into maintenance, and only pods of the demo are moved; IMAGE runs until it is ended (such as pause)`;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

function stageFor(argv: readonly string[]): Promise<Stage> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...argv], options: { context: text, node: text, image: text } });
  const { context, node, image } = values;
  if (context === undefined && node === undefined && image === undefined) return buildStage(say);
  if (context === undefined || node === undefined || image === undefined) throw new Error(USAGE);
  return visitStage({ context, node, image }, say);
}

const started = Date.now();
const narrator = new Narrator();
try {
  await using stage = await stageFor(process.argv.slice(2));
  process.once('SIGINT', () => {
    void Promise.resolve(stage[Symbol.asyncDispose]()).finally(() => process.exit(130));
  });
  await tell(stage, narrator);
  const seconds = Math.round((Date.now() - started) / 1000);
  process.exitCode = narrator.end(seconds) ? 0 : 1;
} catch (thrown) {
  say(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
}
