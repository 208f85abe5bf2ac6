import { MaintError, nodeFromObject, NodeTable, textAt } from '../../../shared/index.ts';
import { documentsFrom, type SplitText } from './documents.ts';
import { readSources, type Reading } from './sources.ts';

const HINT = 'kubectl get nodes -o yaml makes such a file';

/** The nodes that a file holds instead of a cluster. Throws MaintError('usage') where it holds something else, or nothing. */
export async function nodesFromFile(file: string, reading: Reading, documentsIn: SplitText): Promise<NodeTable> {
  const nodes = new NodeTable();
  let found = 0;
  for await (const source of readSources([file], { recursive: false, ...reading })) {
    if ('problem' in source) throw new MaintError('usage', `cannot read --nodes ${source.name}: ${source.problem}`);
    for (const { content } of documentsFrom(source, documentsIn)) {
      const node = content.kind === 'object' && textAt(content.object, 'kind') === 'Node' ? content.object : undefined;
      const facts = node === undefined ? undefined : nodeFromObject(node);
      if (facts === undefined) {
        const why =
          content.kind === 'invalid'
            ? `line ${content.line}: ${content.message}`
            : 'holds an object that is not a Node';
        throw new MaintError('usage', `--nodes ${source.name}: ${why}`, { hint: HINT });
      }
      nodes.put(facts);
      found += 1;
    }
  }
  if (found === 0) throw new MaintError('usage', `--nodes ${file}: holds no node`, { hint: HINT });
  return nodes;
}
