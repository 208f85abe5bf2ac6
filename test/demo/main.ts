/**
 * `npm run demo`: the main job on a fresh machine, told through kubectl. Exits 1 if any step came out otherwise.
 * `npm run demo -- --context NAME --node NODE --image IMAGE`: the same in a cluster where the chart is installed.
 * `npm run demo -- --ui`: nothing is told; the page of that cluster is open until Ctrl-C.
 * `npm run demo -- --offline`: no official release is downloaded for the control plane, as with MAINT_DOWNLOADS=off.
 */
import { parseArgs } from 'node:util';
import { DOWNLOADS } from '../control-plane/releases/source.ts';
import { visitStage } from './guest-stage.ts';
import { Narrator } from './narrator.ts';
import { buildStage, type Stage } from './stage.ts';
import { tell } from './story.ts';

const USAGE = `npm run demo                                                       on a control plane of its own
npm run demo -- --context NAME --node NODE --image IMAGE           in a cluster where the chart is installed:
  NODE goes into maintenance, and only pods of the demo are moved; IMAGE runs until it is ended (such as pause)
--ui: open the page of kubectl maint ui on it, for those who would rather look than read; Ctrl-C ends it
--offline: download no official release for the control plane, as with MAINT_DOWNLOADS=off; Go builds it`;

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

const text = { type: 'string' } as const;
const off = { type: 'boolean', default: false } as const;
const options = { context: text, node: text, image: text, ui: off, offline: off } as const;

type Values = ReturnType<typeof parseArgs<{ options: typeof options }>>['values'];

function stageFor({ context, node, image }: Values): Promise<Stage> {
  if (context === undefined && node === undefined && image === undefined) return buildStage(say);
  if (context === undefined || node === undefined || image === undefined) throw new Error(USAGE);
  return visitStage({ context, node, image }, say);
}

async function tellAll(stage: Stage): Promise<void> {
  const started = Date.now();
  const narrator = new Narrator();
  process.once('SIGINT', () => {
    void Promise.resolve(stage[Symbol.asyncDispose]()).finally(() => process.exit(130));
  });
  await tell(stage, narrator);
  const seconds = Math.round((Date.now() - started) / 1000);
  process.exitCode = narrator.end(seconds) ? 0 : 1;
}

/** One node is in maintenance, so that there is something to see; everything else is for the person to try. */
async function showPage(stage: Stage): Promise<void> {
  const { node, onFlags } = stage.cast;
  say((await stage.kubectl(['maint', 'on', node, '--reason', 'swap a disk', '--for', '2h', ...onFlags])).text);
  const page = stage.start(['maint', 'ui', '--allow-changes']);
  process.once('SIGINT', () => void page.end('SIGINT'));
  await page.ended;
}

try {
  const { values } = parseArgs({ options });
  if (values.offline) process.env[DOWNLOADS] = 'off';
  await using stage = await stageFor(values);
  await (values.ui ? showPage(stage) : tellAll(stage));
} catch (thrown) {
  say(`error: ${thrown instanceof Error ? thrown.message : String(thrown)}`);
  process.exitCode = 1;
}
