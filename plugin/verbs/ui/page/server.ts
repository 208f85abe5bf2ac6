import * as z from 'zod/mini';
import { About, Begun, Enforcement, Message, NodeDetails, Opened, Refusal, type Asked } from '../wire.ts';
import { about, link, lockedWhy, take } from './store.ts';
import { tokenIn } from './view/route.ts';

/** Where the page keeps its key: browsers show it to pages of this very address and port alone. */
const KEY = 'kubectl-maint-key';

/** How long until a server that is not there is asked again, in ms. */
const AGAIN_MS = 1000;

/** What the server does not do, in its words. */
export class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Opens the session, and follows what the server says until the browser leaves the page. Never rejects. */
export async function follow(): Promise<void> {
  for (;;) {
    try {
      await openWith(tokenIn(location.hash));
      about.value = await call('/ui/about', About);
      await listen();
      if (link.value !== 'ending') link.value = 'lost';
    } catch (thrown) {
      if (thrown instanceof Refused && [401, 403].includes(thrown.status)) {
        lockedWhy.value = thrown.message;
        link.value = 'locked';
        return;
      }
      if (link.value !== 'ending') link.value = 'lost';
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** A token is used once, and is gone from the address before anything else. */
async function openWith(token: string | undefined): Promise<void> {
  if (token === undefined) return;
  history.replaceState(null, '', '#/nodes');
  const { key } = await call('/ui/session', Opened, { token });
  localStorage.setItem(KEY, key);
}

/** Asks the server, by POST where something is sent. Throws Refused with what it says. */
async function call<T extends z.core.$ZodType>(path: string, form: T, body?: object): Promise<z.infer<T>> {
  const response = await ask(path, body);
  const said: unknown = await response.json();
  return z.parse(form, said);
}

async function ask(path: string, body?: object): Promise<Response> {
  const key = localStorage.getItem(KEY) ?? '';
  const sent =
    body === undefined
      ? {}
      : { method: 'POST', body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } };
  const response = await fetch(path, { ...sent, headers: { ...sent.headers, 'X-Maint-Key': key } });
  if (response.ok) return response;
  const said = Refusal.safeParse(await response.json().catch(() => undefined));
  throw new Refused(response.status, said.success ? said.data.error : response.statusText);
}

/** Takes every message until the stream ends. An EventSource could not send the key. */
async function listen(): Promise<void> {
  const { body } = await ask('/ui/stream');
  if (body === null) return;
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const events = (rest + text).split('\n\n');
    rest = events.pop() ?? '';
    for (const event of events) if (event.startsWith('data: ')) take(Message.parse(JSON.parse(event.slice(6))));
  }
}

/** Everything about one node. */
export function detailsOf(cluster: string, node: string): Promise<NodeDetails> {
  return call(`/ui/clusters/${encodeURIComponent(cluster)}/nodes/${encodeURIComponent(node)}`, NodeDetails);
}

/** The policy in force, and what doctor finds. */
export function enforcementOf(cluster: string): Promise<Enforcement> {
  return call(`/ui/clusters/${encodeURIComponent(cluster)}/enforcement`, Enforcement);
}

/** Has something carried out; gives the id of the run. */
export async function begin(asked: Asked): Promise<string> {
  return (await call('/ui/runs', Begun, asked)).id;
}
