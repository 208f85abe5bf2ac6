import { readFile } from 'node:fs/promises';
import { parseAllDocuments, stringify } from 'yaml';
import { at, fieldsAt, listAt, textAt } from '../../shared/facts/json.ts';
import { until } from '../support/until.ts';
import { DEMO_LABEL, DEMO_OWNER, guestCast, type Cast } from './cast.ts';
import { manifest, podsOf, readyOf, runKubectl, startKubectl, type Stage } from './stage.ts';

/** Somebody's cluster, and what of it the story may use. */
export interface Guest {
  readonly context: string;
  /** The node that goes into maintenance: named, never chosen. */
  readonly node: string;
  /** An image that nodes can pull and that runs until it is ended. */
  readonly image: string;
}

/** Pulling an image takes its time on some clusters. */
const READY_WITHIN_MS = 300_000;

/**
 * Builds the stage in a cluster where the chart is installed. Only what carries the story's label is made, moved and
 * removed. Throws with what is wrong.
 */
export async function visitStage(guest: Guest, say: (line: string) => void): Promise<Stage> {
  const kubectl: Stage['kubectl'] = (args, input) =>
    runKubectl('kubectl', [...args, '--context', guest.context], input);
  await refuseWithoutWebhook(kubectl);
  const cast = guestCast(guest.node, await otherWorker(guest.node, kubectl));
  const stage: Stage = {
    cast,
    kubectl,
    start: (args) => startKubectl('kubectl', [...args, '--context', guest.context]),
    [Symbol.asyncDispose]: async () => {
      say('cleaning up ...');
      await kubectl(['maint', 'off', guest.node, '--owner', DEMO_OWNER, '--skip-health-check']);
      await kubectl(['delete', 'namespaces', '-l', DEMO_LABEL, '--wait=false']);
    },
  };
  try {
    say('deploying a shop (two applications with disruption budgets) and a log collector ...');
    await applied(kubectl, await shopFor(cast, guest.image));
    await until('every pod is ready', () => isSettled(stage), { giveUpAfterMs: READY_WITHIN_MS });
  } catch (thrown) {
    await stage[Symbol.asyncDispose]();
    throw thrown;
  }
  return stage;
}

async function refuseWithoutWebhook(kubectl: Stage['kubectl']): Promise<void> {
  const { code, text } = await kubectl(['get', 'validatingwebhookconfiguration', 'kubectl-maint']);
  if (code !== 0) throw new Error(`the chart is not installed there, or cannot be seen: ${text.trim()}`);
}

/** A worker that takes work and is not the node of the story. */
async function otherWorker(node: string, kubectl: Stage['kubectl']): Promise<string> {
  const { code, text } = await kubectl(['get', '--raw', '/api/v1/nodes']);
  if (code !== 0) throw new Error(text.trim());
  const nodes = listAt(JSON.parse(text), 'items').map((one) => ({
    name: textAt(one, 'metadata', 'name') ?? '',
    takesWork: at(one, 'spec', 'unschedulable') !== true && listAt(one, 'spec', 'taints').length === 0,
  }));
  if (!nodes.some(({ name }) => name === node)) throw new Error(`there is no node ${node} in that cluster`);
  const [other] = nodes.filter(({ name, takesWork }) => takesWork && name !== node);
  if (other === undefined) throw new Error(`no other node takes work while ${node} is in maintenance`);
  return other.name;
}

async function applied(kubectl: Stage['kubectl'], text: string): Promise<void> {
  const told = await kubectl(['apply', '-f', '-'], text);
  if (told.code !== 0) throw new Error(told.text.trim());
}

/** The shop, under names and a label of the story's own, with an image that really runs. */
async function shopFor(cast: Cast, image: string): Promise<string> {
  const names = new Map(Object.entries(cast.namespaces));
  const documents = parseAllDocuments(await readFile(manifest('shop.yaml'), 'utf8'));
  return documents.map((document) => stringify(moved(document.toJS(), names, image))).join('---\n');
}

function moved(object: unknown, names: ReadonlyMap<string, string>, image: string): object {
  const metadata = fieldsAt(object, 'metadata');
  const isNamespace = textAt(object, 'kind') === 'Namespace';
  const key = isNamespace ? 'name' : 'namespace';
  const named = { ...metadata, [key]: names.get(textAt(metadata, key) ?? '') ?? '' };
  const labels = { [DEMO_LABEL]: '' };
  const template = at(object, 'spec', 'template');
  const whole = { ...fieldsAt(object), metadata: { ...named, labels } };
  return template === undefined
    ? whole
    : { ...whole, spec: { ...fieldsAt(object, 'spec'), template: played(template, image) } };
}

/** A pod template whose containers run the given image and ask for next to nothing. */
function played(template: unknown, image: string): object {
  const labels = { ...fieldsAt(template, 'metadata', 'labels'), [DEMO_LABEL]: '', version: '1' };
  const containers = listAt(template, 'spec', 'containers').map((one) => ({
    name: textAt(one, 'name'),
    image,
    resources: { requests: { cpu: '1m', memory: '8Mi' } },
  }));
  return {
    metadata: { labels },
    spec: { ...fieldsAt(template, 'spec'), containers, terminationGracePeriodSeconds: 1 },
  };
}

async function isSettled(stage: Stage): Promise<boolean> {
  const { shop, logging } = stage.cast.namespaces;
  const [shopPods, collectors] = [await podsOf(stage, shop), await podsOf(stage, logging)];
  const isWhole = shopPods.length === stage.cast.shopPods && collectors.length > 1;
  return isWhole && readyOf([...shopPods, ...collectors]).length === shopPods.length + collectors.length;
}
