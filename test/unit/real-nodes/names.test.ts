import { expect, test } from 'vitest';
import { answerTo } from '../../real-nodes/names.ts';

const [A, AAAA] = [1, 28];
const HEADER = [0xab, 0xcd, 0x01, 0, 0, 1, 0, 0, 0, 0, 0, 0];

/** A question as resolvers ask it, with bytes behind it that it may have (EDNS). */
function question(name: string, type: number, behind: readonly number[] = []): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([...HEADER, ...labels, 0, 0, type, 0, 1, ...behind]);
}

const find = (name: string) => Promise.resolve(name === 'a.b.svc' ? '10.96.3.4' : undefined);

/** Identity, code, number of answers, last four bytes. */
async function answered(query: Buffer): Promise<readonly [id: number, code: number, answers: number, last: string]> {
  const answer = await answerTo(query, find);
  return [
    answer.readUInt16BE(0),
    answer.readUInt16BE(2) & 0xf,
    answer.readUInt16BE(6),
    [...answer.subarray(-4)].join('.'),
  ];
}

test.each([
  ['the address of a name that is known', question('a.b.svc', A), [0xabcd, 0, 1, '10.96.3.4']],
  [
    'the same to a resolver that says more about itself',
    question('a.b.svc', A, [0, 0, 41]),
    [0xabcd, 0, 1, '10.96.3.4'],
  ],
  ['no IPv6 address, but that the name exists', question('a.b.svc', AAAA), [0xabcd, 0, 0, '0.28.0.1']],
  ['that another name does not exist', question('a.c.svc', A), [0xabcd, 3, 0, '0.1.0.1']],
])('answers %s', async (_, query, expected) => {
  expect(await answered(query)).toEqual(expected);
});

test('what is no query is refused', async () => {
  await expect(answerTo(Buffer.from([1, 2]), find)).rejects.toThrow();
});
