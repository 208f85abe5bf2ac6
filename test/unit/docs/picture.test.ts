/** The picture of the demo in the README shows what the demo writes, and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { blocksOf, shownOf } from '../../demo/picture/blocks.ts';
import { LIGHT, terminalPicture } from '../../demo/picture/svg.ts';

const STORY = `
2. It goes into maintenance
   $ kubectl maint on n1 --for 2h
   Warning: ignoring pods
   node/n1 cordoned
   ok   the command succeeds
   $ kubectl get nodes
   NAME   STATUS
   $ kubectl create -f nightly-backup-for-n1.yaml
   Error from server: <denied> & told
   $ kubectl create -f nightly-backup-for-n2.yaml
   created
   $ kubectl set image daemonset/a a=b
   daemonset.apps/a image updated
   $ kubectl maint off n1
   kept off n1 meanwhile:
     backup (velero): once, ${'and '.repeat(20)}lost

19 expectations met, 0 not, in 19s
`;

test('the first command of each kind, with all that it wrote', () => {
  expect(shownOf(blocksOf(STORY)).map(({ command, output }) => [command, output.length])).toEqual([
    ['kubectl maint on n1 --for 2h', 2],
    ['kubectl create -f nightly-backup-for-n1.yaml', 1],
    ['kubectl set image daemonset/a a=b', 1],
    ['kubectl maint off n1', 2],
  ]);
});

test('a demo that did not come out as expected makes no picture', () => {
  expect(() => blocksOf(STORY.replace('0 not', '1 not'))).toThrow('did not come out as expected');
  expect(() => shownOf(blocksOf(STORY.replace('maint off', 'maint of')))).toThrow('maint off');
});

test('long lines go on below; markup is text', () => {
  const svg = terminalPicture(shownOf(blocksOf(STORY)), LIGHT);
  expect(svg).toContain('>Error from server: &lt;denied&gt; &amp; told</text>');
  const lines = [...svg.matchAll(/<text [^>]*>(.*)<\/text>/g)].map(([, text = '']) => text);
  expect(lines.slice(0, 4)).toEqual([
    '$ kubectl maint on n1 --for 2h',
    'Warning: ignoring pods',
    'node/n1 cordoned',
    '',
  ]);
  expect(svg.match(/<text x="31.6" .*/g)).toHaveLength(2);
});

test('the README has a picture for light and for dark', () => {
  for (const name of ['light', 'dark']) {
    const svg = readFileSync(join(import.meta.dirname, `../../../docs/images/demo-${name}.svg`), 'utf8');
    expect(svg).toContain('$ kubectl maint on worker-2 --reason');
  }
});
