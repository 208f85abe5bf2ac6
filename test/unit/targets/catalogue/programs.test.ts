import { expect, test } from 'vitest';
import { imageBasename, runningIn } from '../../../../shared/targets/programs.ts';

test.each([
  [['pg_dump', 'db'], ['pg_dump']],
  [['/usr/bin/restic', 'backup'], ['restic']],
  [['kubectl', 'delete', 'job', 'kube-bench'], ['kubectl']],
  [
    ['sh', '/scripts/backup.sh'],
    ['sh', 'backup.sh'],
  ],
  [
    ['bash', '-c', 'pg_dump db | gzip > x'],
    ['bash', 'pg_dump', 'gzip'],
  ],
  [
    ['bash', '-euo', 'pipefail', '-c', 'restic check'],
    ['bash', 'restic'],
  ],
  [
    ['sh', '-c', 'PGPASSWORD=x exec pg_dump db'],
    ['sh', 'exec', 'pg_dump'],
  ],
  [
    ['sh', '-c', '# pg_dump db\necho done'],
    ['sh', 'echo'],
  ],
  [
    ['sh', '-c', 'if true; then mysqldump a; fi'],
    ['sh', 'true', 'mysqldump', 'fi'],
  ],
  [
    ['sh', '-c', 'x=$(mongodump --archive)'],
    ['sh', 'mongodump', '--archive'],
  ],
  [
    ['python3', '-u', '/app/kube-hunter.py', '--pod'],
    ['python3', 'kube-hunter.py'],
  ],
  [
    ['tini', '--', 'nice', '-n', '10', 'restic', 'backup'],
    ['tini', 'nice', 'restic'],
  ],
  [
    ['env', 'A=b', 'timeout', '30s', 'velero', 'backup'],
    ['env', 'timeout', 'velero'],
  ],
  [['sh', '-c'], ['sh']],
  [['sh'], ['sh']],
  [[], []],
])('%j runs %j', (words, programs) => {
  const running = runningIn({ name: 'c', image: '', words });
  for (const program of programs.filter((one) => !one.startsWith('-')))
    expect([...running.programs]).toContain(program);
  expect(running.programs.has('kube-bench')).toBe(false);
});

test('a word that is only an argument is no program', () => {
  const running = runningIn({ name: 'c', image: '', words: ['sh', '-c', 'echo pg_dump; kubectl get kube-bench'] });
  expect([...running.programs]).toEqual(['sh', 'echo', 'kubectl']);
  expect(running.mentions('pg_dump')).toBe(true);
});

test.each([
  ['docker.io/aquasec/kube-bench:v0.9', 'kube-bench'],
  ['registry.local:5000/a/b@sha256:00', 'b'],
  ['restic', 'restic'],
  ['', ''],
])('the basename of %s is %s', (image, name) => {
  expect(imageBasename(image)).toBe(name);
});

test.each([
  [['nice', '-n', '10'], ['nice']],
  [['env', 'A=b', 'C=d'], ['env']],
  [['sudo'], ['sudo']],
])('a wrapper that is told no program runs itself only: %j', (words, programs) => {
  expect([...runningIn({ name: 'c', image: '', words }).programs]).toEqual(programs);
});
