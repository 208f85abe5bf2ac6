/** What of the chart, and of what is said of it, follows from the names in package.json. */
import { stringify } from 'yaml';
import { chartAddress, fileAddress, imageName, imageRepository, type Published } from '../packaging/published.ts';

/** Pages that Artifact Hub links to. */
const LINKS = { Configuration: 'configuration', Providers: 'providers', Upgrades: 'upgrade', Security: 'security' };

/** The chart's folder in the repository. */
const CHART = 'charts/kubectl-maint';

/** Chart.yaml. */
export function chartText(published: Published): string {
  const { version, homepage, repository, keywords, license } = published;
  const links = Object.entries(LINKS).map(([name, page]) => ({ name, url: fileAddress(published, `docs/${page}.md`) }));
  const chart = {
    apiVersion: 'v2',
    name: 'kubectl-maint',
    description: 'Keeps backups, scans and add-on changes off nodes in maintenance',
    type: 'application',
    version,
    appVersion: version,
    // ValidatingAdmissionPolicy and its parameters are stable since 1.30.
    kubeVersion: '>=1.30.0-0',
    keywords: keywords.filter((word) => !word.startsWith('kube')),
    home: homepage,
    sources: [repository],
    icon: fileAddress(published, `${CHART}/icon.svg`, 'raw'),
    maintainers: [{ name: 'kubectl maint', url: homepage }],
    annotations: {
      'artifacthub.io/license': license,
      'artifacthub.io/category': 'security',
      'artifacthub.io/operator': 'false',
      'artifacthub.io/images': stringify([{ name: 'maint-webhook', image: imageName(published) }]),
      'artifacthub.io/links': stringify(links),
    },
  };
  return `# Made from package.json by npm run fix.\n${stringify(chart, { lineWidth: 0 })}`;
}

/** values.yaml with the image's place. */
export function withImage(values: string, published: Published): string {
  return values
    .replace(/^ {2}registry: .*$/m, `  registry: ${published.registry}`)
    .replace(/^ {2}repository: .*$/m, `  repository: ${imageRepository(published)}`);
}

/** Where image and chart are, or that nobody has put them anywhere yet. */
export function publishedText(published: Published): string {
  if (published.isPlaceholder)
    return [
      `Image and chart are not published yet: \`${published.registry}\` is a placeholder, and \`helm install\` refuses it.`,
      'Build the image (`npm run image`), push it to a registry of yours, and install the chart with',
      '`--set image.registry=REGISTRY`.',
    ].join('\n');
  return [
    `The image is \`${imageName(published)}\`, and the chart can be installed without a clone:`,
    '',
    `    helm install kubectl-maint ${chartAddress(published)} --version ${published.version} \\`,
    '      --namespace kubectl-maint --create-namespace --wait',
  ].join('\n');
}
