import { MaintError } from '../../errors.ts';

/** Characters of one line. etcd holds 1.5 MiB per object, as JSON at most a few times that; beyond is no watch event. */
const LONGEST_LINE = 32 * 1024 * 1024;

/**
 * The lines of a stream of text, without their ends. Throws MaintError('cluster') where the stream ends inside a line
 * (it was cut off) or a line never ends. `heard` is told of each part, as it comes.
 */
export async function* linesOf(chunks: AsyncIterable<string>, heard?: () => void): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    heard?.();
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new MaintError('cluster', 'the server sent a line that does not end');
    for (const line of lines) if (line.trim() !== '') yield line;
  }
  if (rest.trim() !== '') throw new MaintError('cluster', 'the stream was cut off within an object');
}
