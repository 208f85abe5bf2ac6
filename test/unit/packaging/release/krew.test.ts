import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { krewManifest, krewTemplate } from '../../../../packaging/release/krew.ts';
import { archiveName, PLATFORMS } from '../../../../packaging/release/platforms.ts';

const downloads = PLATFORMS.map((platform) => ({ platform, name: archiveName(platform), sha256: 'a'.repeat(64) }));

test.each(['https://example.com/v1', 'https://example.com/v1/'])('archives are where %s says', (base) => {
  const manifest: unknown = parse(krewManifest({ version: '1.2.3' }, downloads, new URL(base)));
  expect(manifest).toMatchObject({
    metadata: { name: 'maint' },
    spec: {
      version: 'v1.2.3',
      platforms: downloads.map(({ platform, name, sha256 }) => ({
        selector: { matchLabels: { os: platform.os, arch: platform.arch } },
        uri: `https://example.com/v1/${name}`,
        sha256,
      })),
    },
  });
});

test('the template is filled in with addresses and hashes of a tag', () => {
  const template = krewTemplate({ homepage: 'https://h.example', repository: 'https://h.example/ours' }, PLATFORMS);
  for (const name of PLATFORMS.map(archiveName))
    expect(template).toContain(
      `      {{addURIAndSha "https://h.example/ours/releases/download/{{ .TagName }}/${name}" .TagName }}\n`,
    );
  expect(template).toContain('version: "{{ .TagName }}"\n');
  expect(template).not.toContain('unknown');
});

test('a web page is named where there is one', () => {
  const homepage = 'https://example.com';
  const manifest: unknown = parse(krewManifest({ version: '1.2.3', homepage }, [], new URL(homepage)));
  expect(manifest).toMatchObject({ spec: { homepage } });
});
