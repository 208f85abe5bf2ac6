import type { Tool } from './tool.ts';

/** kube-bench. Ten of its eleven upstream Jobs have no label at all: the image and command are the evidence. */
export const kubeBench: Tool = {
  id: 'kube-bench',
  title: 'kube-bench',
  source: 'https://github.com/aquasecurity/kube-bench',
  patterns: [
    {
      work: 'scan',
      what: 'kube-bench run',
      role: 'leaf',
      match: { kinds: ['batch/Job', '/Pod'], images: ['kube-bench'] },
      node: { in: 'pods' },
      afterDenial: 'failed',
    },
    {
      work: 'scan',
      what: 'kube-bench run',
      role: 'leaf',
      match: { kinds: ['batch/Job', '/Pod'], commands: ['kube-bench'] },
      node: { in: 'pods' },
      afterDenial: 'failed',
    },
  ],
};
