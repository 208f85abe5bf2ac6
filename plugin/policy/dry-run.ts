import {
  messageOf,
  textAt,
  warningsIn,
  type ApiRequest,
  type ClusterSender,
  FIELD_MANAGER,
} from '../../shared/index.ts';

export type DryRun = 'none' | 'client' | 'server';

/** Who of ours speaks: the webhook, or the API server's own policies (docs/floor.md). */
export type Speaker = 'webhook' | 'floor';

/** Words of ours in an answer. */
export interface Words {
  readonly by: Speaker;
  readonly text: string;
}

/** What the API server said to a canary. `unclear`: somebody else refused it, or nobody answered. */
export type Said =
  | { readonly said: 'denied'; readonly words: Words; readonly message: string }
  | { readonly said: 'accepted'; readonly warnings: readonly Words[] }
  /** The webhook is called, fails, and its entry fails closed. */
  | { readonly said: 'unreached'; readonly why: string }
  | { readonly said: 'unclear'; readonly why: string };

/** Sends a request through the API server in a dry run. Never rejects. */
export async function askInDryRun(request: ApiRequest, cluster: ClusterSender): Promise<Said> {
  try {
    const query = { ...request.query, dryRun: 'All', fieldManager: FIELD_MANAGER };
    const answer = await cluster.send({ ...request, query });
    if (answer.status < 300)
      return { said: 'accepted', warnings: warningsIn(answer.headers['warning'] ?? '').map(wordsOf) };
    return refusalBy(textAt(answer.body, 'message') ?? `status ${answer.status}`);
  } catch (thrown) {
    return { said: 'unclear', why: messageOf(thrown) };
  }
}

/**
 * A denial of ours carries the name of a webhook or a policy of ours (k8s apiserver webhook/errors/statuserror.go,
 * policy/validating/plugin.go).
 */
const OURS = 'kubectl-maint.io';
const DENIED = ['denied the request', 'denied request'];

/** Whether a refusal is our own webhook's or policy's. */
export function isOurDenial(message: string): boolean {
  return message.includes(OURS) && DENIED.some((words) => message.includes(words));
}

/** An entry of ours whose call failed (k8s apiserver webhook/validating/dispatcher.go). */
const UNREACHED = /failed calling webhook "[^"]*kubectl-maint\.io"/;

function refusalBy(message: string): Said {
  if (isOurDenial(message)) return { said: 'denied', words: wordsOf(message), message };
  return UNREACHED.test(message) ? { said: 'unreached', why: message } : { said: 'unclear', why: message };
}

/** What stands before our own text: who it is that denies, or warns (policy/validating/dispatcher.go). */
const PREFIX =
  /^.*?(?:admission webhook|ValidatingAdmissionPolicy).*?kubectl-maint\.io['"](?: with binding '[^']*')?(?: denied (?:the )?request)?: /;

/** Who speaks in a message, and our own text in it. */
export function wordsOf(message: string): Words {
  const by = message.includes('ValidatingAdmissionPolicy ') ? 'floor' : 'webhook';
  return { by, text: message.replace(PREFIX, '') };
}
