import { endsBefore, expiryText, isKarpenters, LIST_NODE_CLAIMS, repairText } from '../../nodes/node-claims.ts';
import { warning, type Check, type Finding } from '../finding.ts';
import type { Survey } from '../survey.ts';

const IN_SPITE_OF = 'its expiry and its node repair heed no annotation of a node';

/** Nodes that Karpenter takes away in their maintenance, whatever they carry. */
export const expiry: Check = {
  id: 'expiry',
  refuses: '',
  warns:
    'nodes that Karpenter deletes before the announced end because they expire, or may delete because they are not Ready',
  find,
};

function find({ chosen, nodeClaims, endOf, now }: Survey): readonly Finding[] {
  const karpenters = chosen.filter(isKarpenters);
  if (karpenters.length === 0) return [];
  if (nodeClaims === undefined) {
    return [
      warning(
        'expiry',
        `whether Karpenter deletes a node in its maintenance is not known: no right to ${LIST_NODE_CLAIMS}`,
      ),
    ];
  }
  return karpenters.flatMap((node) => {
    const [claim, until] = [nodeClaims.get(node.name), endOf(node)];
    const text = claim && endsBefore(claim, until, now) ? expiryText(claim, until, now) : undefined;
    return [text, repairText(node)].flatMap((said) =>
      said === undefined ? [] : [warning('expiry', `node ${node.name}: ${said}; ${IN_SPITE_OF}`)],
    );
  });
}
