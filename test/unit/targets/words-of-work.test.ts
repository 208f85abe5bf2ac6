import { expect, test } from 'vitest';
import { workFromObject } from '../../../shared/facts/work.ts';
import { Inspection } from '../../../shared/targets/inspection.ts';
import { isRequestFor, wordsOf } from '../../../shared/targets/words-of-work.ts';

const WORDS = ['Backup', 'Restore'];

test.each([
  ['db.example.com/Backup', true],
  ['db.example.com/MySQLBackup', true],
  ['db.example.com/DBBackup', true],
  ['db.example.com/ScheduledBackup', true],
  ['db.example.com/BackupSchedule', true],
  ['db.example.com/RestoreJob', true],
  ['db.example.com/Backups', true],
  ['db.example.com/BackupStorage', false],
  ['db.example.com/BackupReport', false],
  ['db.example.com/RestoredDatabase', false],
  ['db.example.com/Nobackup', false],
  ['batch/Backup', false],
  ['/Backup', false],
])('an owner %s says backup or restore: %s', (groupKind, expected) => {
  const [group = '', kind = ''] = groupKind.split('/');
  const owner = { group, kind, groupKind, name: 'o', uid: 'u', controller: true };
  expect(isRequestFor(owner, WORDS)).toBe(expected);
});

test('words come from names, images and what runs; a script counts by its programs alone', () => {
  const script = `${'# backup of everything '.repeat(10)}\npg_dump db`;
  const containers = [
    { name: 'db-agent', image: 'reg/team/MyTool:1', command: ['sh', '-c', script], args: ['--full'] },
  ];
  const pod = workFromObject({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'nightly-1' }, spec: { containers } });
  const words = wordsOf(pod, new Inspection(pod).running);
  for (const word of ['nightly', '1', 'db', 'agent', 'mytool', 'sh', 'pg', 'dump', 'full'])
    expect(words).toContain(word);
  expect(words).not.toContain('backup');
  expect(words).not.toContain('team');
});
