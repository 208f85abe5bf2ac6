import { MaintError, messageOf } from '../../shared/index.ts';

/** Rejects when a follow ends that should go on: one that was ended on purpose is no failure. Never resolves. */
export function failureOf(followed: Promise<void>, ended: AbortSignal): Promise<never> {
  const failed = new Promise<never>((_, reject) => {
    const fail = (cause: unknown) => {
      if (ended.aborted) return;
      reject(
        cause instanceof MaintError
          ? cause
          : new MaintError('cluster', `the watch of nodes ended: ${messageOf(cause)}`, { cause }),
      );
    };
    followed.then(() => {
      fail('the API server ended it');
    }, fail);
  });
  // Whoever serves awaits it in a race; one that nobody awaits must not end the process.
  failed.catch(() => undefined);
  return failed;
}
