import { filled, HOSTNAME, long, nodeTerms, placed, REQUIRED, running, type WorstRequest } from './filled-requests.ts';

/** Requests whose objects say as much as they can about where they may run. */
export const WORST_PLACEMENTS: Readonly<Record<string, () => WorstRequest>> = {
  'a node selector': () =>
    running(
      { image: 'restic', args: ['backup'] },
      { nodeSelector: Object.fromEntries(filled((index) => [`a${index}`, 'b'])) },
    ),
  tolerations: () => running({}, { tolerations: filled(() => ({ key: 'a' })) }, { labels: { k8upjob: 'true' } }),
  'tolerations that are still read': () =>
    running(
      {},
      { tolerations: Array.from({ length: 99 }, (_, index) => ({ key: `a${index}` })) },
      { labels: { k8upjob: 'true' } },
    ),
  'requirements that are still compared': () =>
    placed(
      nodeTerms([
        {
          matchExpressions: Array.from({ length: 99 }, (_, index) => ({ key: `a${index}`, operator: 'DoesNotExist' })),
        },
      ]),
    ),
  'terms that are still compared': () =>
    placed(
      nodeTerms(
        Array.from({ length: 99 }, (_, index) => ({ matchExpressions: [{ key: `a${index}`, operator: 'Exists' }] })),
      ),
    ),
  'terms that compare numbers': () =>
    placed(
      nodeTerms(
        Array.from({ length: 99 }, () => ({
          matchExpressions: [{ key: 'cores', operator: 'Gt', values: ['9000000000000000000'] }],
        })),
      ),
    ),
  'requirements, too many': () =>
    placed(nodeTerms([{ matchExpressions: filled((index) => ({ key: `a${index}`, operator: 'Exists' })) }])),
  'names, too many': () =>
    placed(
      nodeTerms([{ matchExpressions: [{ key: HOSTNAME, operator: 'In', values: filled((index) => `n${index}`) }] }]),
    ),
  'names that are still read': () =>
    placed(
      nodeTerms([
        {
          matchExpressions: [
            { key: HOSTNAME, operator: 'In', values: Array.from({ length: 14_900 }, (_, index) => `n${index}`) },
          ],
        },
      ]),
    ),
  'names with requirements': () =>
    placed(
      nodeTerms([
        {
          matchExpressions: [
            { key: HOSTNAME, operator: 'In', values: Array.from({ length: 5000 }, (_, index) => `n${index}`) },
            ...Array.from({ length: 99 }, (_, index) => ({ key: `a${index}`, operator: 'DoesNotExist' })),
          ],
        },
      ]),
    ),
  'company in many namespaces': () =>
    placed({
      podAffinity: {
        [REQUIRED]: [
          {
            topologyKey: HOSTNAME,
            labelSelector: {},
            namespaces: Array.from({ length: 14_900 }, (_, index) => `ns${index}`),
          },
        ],
      },
    }),
  'company in many namespaces by a long selector': () =>
    placed({
      podAffinity: {
        [REQUIRED]: [
          {
            topologyKey: HOSTNAME,
            labelSelector: {
              matchExpressions: [
                {
                  key: 'a',
                  operator: 'In',
                  values: Array.from({ length: 7000 }, (_, index) => `${'v'.repeat(50)}${index}`),
                },
              ],
            },
            namespaces: Array.from({ length: 7000 }, (_, index) => `ns${index}`),
          },
        ],
      },
    }),
  'a label of company that is long': () =>
    placed({
      podAffinity: { [REQUIRED]: [{ topologyKey: HOSTNAME, labelSelector: { matchLabels: { a: long('b') } } }] },
    }),
};
