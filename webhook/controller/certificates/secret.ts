import { textAt } from '../../../shared/index.ts';
import { metadataFor, type ObjectPlace } from '../replacing.ts';

/** What a Secret of ours says, as text. */
export interface SecretParts {
  readonly type: string;
  readonly annotations: object;
  /** Undefined ones are left out. */
  readonly data: Readonly<Record<string, string | undefined>>;
}

/** A Secret (core/v1); with what it replaces, exactly that one. */
export function secretOf(place: ObjectPlace, { type, annotations, data }: SecretParts, replaced: unknown): object {
  const encoded = Object.entries(data).flatMap(([key, text]) =>
    text === undefined ? [] : [[key, Buffer.from(text).toString('base64')] as const],
  );
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { ...metadataFor(place, replaced), annotations },
    type,
    data: Object.fromEntries(encoded),
  };
}

/** The text of a key of a Secret; undefined where it has none. Anybody may have edited it. */
export function textIn(secret: unknown, key: string): string | undefined {
  const text = textAt(secret, 'data', key);
  return text === undefined ? undefined : Buffer.from(text, 'base64').toString('utf8');
}
