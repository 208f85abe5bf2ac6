/** The same as the driver in Go does, from this process: for benches whose contenders differ by milliseconds. */
import { isDenial, namedObject } from './admitted.ts';
import { EXPECTED, type Measure } from './load.ts';

/** Creates the subject again and again, each client one after the other. */
export const measureFromHere: Measure = async (subject, { clients, requests }, { plane }) => {
  const { title, collection } = subject;
  const object = namedObject(subject);
  const took: number[] = [];
  let next = 0;
  const client = async (): Promise<void> => {
    while (next < requests) {
      next += 1;
      const start = performance.now();
      const { status, body } = await plane.api('POST', `${collection}?dryRun=All`, object);
      took.push(performance.now() - start);
      if (!EXPECTED.includes(String(status)) && !isDenial(body))
        throw new Error(`${title}: ${status} ${JSON.stringify(body)}`);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  const sorted = took.sort((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(sorted.length * part)] ?? NaN;
  return { p50: at(0.5), p99: at(0.99) };
};
