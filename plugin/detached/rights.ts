import type { Right } from '../preflight/rights.ts';

/** What launching and following a Job takes of the caller. */
export function rightsIn(namespace: string): readonly Right[] {
  const one = (verb: string, group: string, resource: string, subresource = ''): Right => ({
    verb,
    group,
    resource,
    subresource,
    namespace,
    name: '',
  });
  return [
    one('create', 'batch', 'jobs'),
    one('list', 'batch', 'jobs'),
    one('watch', 'batch', 'jobs'),
    one('list', '', 'pods'),
    one('watch', '', 'pods'),
    one('get', '', 'pods', 'log'),
  ];
}
