import { open } from 'node:fs/promises';
import type { V1ConfigMap } from '@kubernetes/client-node';
import { MaintError, messageOf, type Written } from '../../../../shared/index.ts';
import { metadataFor, type PodPlan } from './pod.ts';
import { scriptName } from './script-place.ts';

/**
 * Longest script, in bytes: what the API server takes as the values of one ConfigMap (k8s apis/core MaxSecretSize, 1 MiB).
 * etcd takes 1.5 MiB for a request, in which it has to fit with names, owner and who wrote it.
 */
export const MAX_SCRIPT = 1024 * 1024;

/** A script as it is carried over. */
export interface Script {
  /** Its name on the node. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** Reads a script. Throws MaintError('usage') where it cannot be run as a file of its own. */
export async function readScript(path: string): Promise<Script> {
  const bytes = await read(path);
  if (bytes.length > MAX_SCRIPT)
    throw refused(
      `is larger than ${MAX_SCRIPT} bytes, which is all that a ConfigMap takes`,
      'let a short script fetch the rest',
    );
  const [first = ''] = bytes.subarray(0, MAX_FIRST_LINE).toString('latin1').split('\n');
  if (!first.startsWith('#!'))
    throw refused('does not begin with #!', 'name what runs it in its first line, like #!/bin/sh');
  if (first.endsWith('\r'))
    throw refused('has lines that end with CR LF', 'the node would look for an interpreter with CR in its name');
  return { name: scriptName(path), bytes };
}

/** As much of the first line as Linux reads (BINPRM_BUF_SIZE). */
const MAX_FIRST_LINE = 256;

/** One byte more than it may have is read, and no more of what may be no file at all. */
async function read(path: string): Promise<Buffer> {
  try {
    const file = await open(path);
    try {
      const buffer = Buffer.alloc(MAX_SCRIPT + 1);
      let length = 0;
      for (let more = 1; more > 0 && length < buffer.length; length += more)
        more = (await file.read(buffer, length, buffer.length - length)).bytesRead;
      return buffer.subarray(0, length);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    throw refused(`cannot be read: ${messageOf(thrown)}`, 'name a file of this machine');
  }
}

function refused(why: string, hint: string): MaintError {
  return new MaintError('usage', `--script: the file ${why}; nothing was changed`, { hint });
}

/** The object by which a script comes to its node, and goes with it. */
export function configMapFor({ name, bytes }: Script, plan: PodPlan): Written<V1ConfigMap> {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadataFor(plan),
    immutable: true,
    binaryData: { [name]: bytes.toString('base64') },
  };
}
