import type { Published } from '../published.ts';
import { SHORT_DESCRIPTION, type Download } from './krew.ts';

/** What Homebrew calls systems and processors. */
const SYSTEMS = { darwin: 'macos', linux: 'linux' } as const;
const PROCESSORS = { amd64: 'intel', arm64: 'arm' } as const;

/** The formula for a tap (`kubectl-maint.rb`): where archives are, and what they must be. They lie beside each other at the URL. */
export function homebrewFormula(published: Published, downloads: readonly Download[], baseUrl: URL): string {
  const { homepage, version, license } = published;
  const base = baseUrl.href.replace(/\/+$/, '');
  const systems = Object.entries(SYSTEMS).map(([os, name]) => {
    const own = downloads.filter(({ platform }) => platform.os === os);
    const each = own.map(({ platform, name: file, sha256 }) =>
      [
        `    on_${PROCESSORS[platform.arch]} do`,
        `      url "${base}/${file}"`,
        `      sha256 "${sha256}"`,
        '    end',
      ].join('\n'),
    );
    return `  on_${name} do\n${each.join('\n')}\n  end`;
  });
  return `class KubectlMaint < Formula
  desc "${SHORT_DESCRIPTION}"
  homepage "${homepage}"
  version "${version}"
  license "${license}"

${systems.join('\n\n')}

  def install
    bin.install "kubectl-maint", "kubectl_complete-maint"
    doc.install "LICENSES.txt"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/kubectl-maint version --client")
  end
end
`;
}
